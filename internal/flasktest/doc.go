// Package flasktest holds tests alone. They compare dewar with Flask, forge cookies and try random input. They see an App
// as its users do, so this is the one place below internal/ whose tests import the root.
package flasktest
