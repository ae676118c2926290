// Package cli gives a program of dewar the commands that flask gives a program of Flask.
package cli
