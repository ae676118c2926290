// Command siege besieges an application of dewar, in processes of its own on 127.0.0.1: visitors with sessions use it over many
// connections at a constant rate, attacks do harm to it meanwhile, and what comes back is compared with what SECURITY.md promises.
//
//	go run ./siege                                          1,000,000 requests over 500 connections, in eight minutes
//	go run ./siege -for 30s -requests 50000 -attacks none   the visitors alone
//	go run ./siege -for 10s -attacks hand-over -seed 7      one attack, with the random choices of another run
//
// It ends with a score card, and with status 1 when a promise does not hold. docs/siege.md says how to read it.
package main
