// Package durable keeps a bot's events and people's records on NATS JetStream, so that nothing that was
// acknowledged to Meta is lost with the process: in a directory of one machine, by a server inside the
// process, or on a cluster that several instances of the bot share.
//
//	package main
//
//	import (
//		"context"
//		"log"
//
//		"github.com/parleybot/parley/bot"
//		"github.com/parleybot/parley/bot/durable"
//	)
//
//	func main() {
//		ctx := context.Background()
//		store, err := durable.Open(ctx, durable.Config{Dir: "data"})
//		if err != nil {
//			log.Fatal(err)
//		}
//		defer store.Close()
//		cfg := bot.FromEnv()
//		cfg.Inbox, cfg.Store = store.Inbox, store.Store
//		echo := bot.HandlerFunc(func(c *bot.Context) error { return c.Text("echo: " + c.Message()) })
//		if err := bot.Run(ctx, cfg, echo); err != nil {
//			log.Print(err)
//		}
//	}
//
// # One machine, or many
//
// With Config.Dir the NATS server is a part of the process. It listens on no port, and one process at a time
// has the directory. With Config.URL the same code runs on a NATS server, or on a cluster; Config.Replicas is
// then how many of its servers keep everything:
//
//	durable.Config{URL: "nats://a,nats://b,nats://c", Replicas: 3}
//
// Any number of instances of the bot may share it. They divide the people among themselves, anew whenever one
// joins, leaves or is not heard of for Config.Pin, and the events of one person stay in order, one at a time,
// whoever handles them.
//
// # What is promised
//
// Before Meta is answered, an event is on the disk of the directory, or with the servers of the cluster. From
// then on it is handled, or becomes a dead letter, whatever ends the process. What could not be stored is
// answered 503 within three seconds, and Meta delivers it again.
//
// An event that Meta delivers again is recognised for 36 hours, after a restart too. Session values are
// applied once. A handler that was at work when its process died runs again; the messages that the ledger
// knows of do not go out again; own events that it emits are emitted again, with new IDs. What remains is the
// moment between Meta's answer to a message and the note of it: if the process dies just then, or is cut off
// from the server, the message goes out twice, unless its echo is stored, or arrives within five seconds from
// when the partition came to the next instance.
//
// An event that was in hand in Config.Crashes crashes becomes a dead letter with the cause [CauseCrash];
// those that were in hand beside it are handled. What was in hand in two crashes runs one at a time, and only
// once the process has lived for Config.Pin: one that dies sooner each time dies of something else.
//
// # Running it
//
// OPERATIONS.md, beside this file, says what is promised under which fault and setting, how large a store
// gets, how to back it up, to deploy and to upgrade, and what to watch. Command deadletters, in the
// directory of that name, lists, shows, replays and drops dead letters.
package durable
