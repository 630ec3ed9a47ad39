// Package session remembers. It keeps one record of each person: the framework's half (messaging window,
// ids of events handled, ledger, thread owner, whether messages reach them), the session values that handlers
// read and write, and the frames of the conversation in progress.
//
// A handler sees a [Session] and reads and writes it through a [Key], which has a name and a type:
//
//	var cart = session.NewKey[[]string]("cart")
//
//	func addToCart(c *bot.Context) error {
//		items, err := cart.Get(c.Session())
//		if err != nil {
//			return err
//		}
//		return cart.Set(c.Session(), append(items, c.Param("sku")))
//	}
//
// Below that the framework loads a [Person] from a [Store] once for each event and saves it once, by
// compare-and-set:
//
//	package main
//
//	import (
//		"context"
//		"fmt"
//		"log"
//		"time"
//
//		"github.com/parleybot/parley/session"
//	)
//
//	var visits = session.NewKey[int]("visits")
//
//	func main() {
//		ctx := context.Background()
//		store := session.NewMemory(session.MemoryConfig{})
//
//		person, err := session.Load(ctx, store, "105.7301", time.Now())
//		if err != nil {
//			log.Fatal(err)
//		}
//		n, err := visits.Get(person.Session())
//		if err != nil {
//			log.Fatal(err)
//		}
//		if err := visits.Set(person.Session(), n+1); err != nil {
//			log.Fatal(err)
//		}
//		if err := person.Save(ctx, store, time.Now(), 7*24*time.Hour); err != nil {
//			log.Fatal(err)
//		}
//		fmt.Println("visit", n+1)
//	}
//
// Another Store passes the contract of package sessiontest, and nothing above it changes.
package session
