// Package dev runs a program of dewar while it is edited: it builds and starts it, watches its files, and hands the
// listening socket from the old program to the new one without refusing a connection.
//
// # Who accepts
//
// The socket is opened once. It belongs to one at a time: to the program that runs, or, while there is none because it
// does not build or has ended, to a page of this package that says why. Between the two nobody accepts, and connections
// wait in the backlog of the socket. So no answer of an old program comes after one of a new program.
//
// On Windows a socket cannot be passed on. There the program opens its own, and whoever comes in between is refused.
//
// # What is watched
//
// The folders of the main module and of modules that a replace directive or a workspace has beside it, without what
// .gitignore names. See [kind] for what becomes of a change.
package dev
