package session_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
)

// A key is a package variable; a handler gets its Session from bot.Context.
func ExampleKey() {
	type Cart struct {
		Items []string `json:"items"`
	}
	key := session.NewKey[Cart]("cart")
	s := new(session.Session)

	items, err := key.Get(s) // nothing yet: the zero Cart
	if err != nil {
		log.Fatal(err)
	}
	items.Items = append(items.Items, "pizza")
	if err := key.Set(s, items); err != nil {
		log.Fatal(err)
	}

	items, err = key.Get(s)
	fmt.Println(items.Items, err)
	// Output: [pizza] <nil>
}

// Lookup tells a value that is zero from one that is not there.
func ExampleKey_Lookup() {
	key := session.NewKey[int]("visits")
	s := new(session.Session)

	_, ok, _ := key.Lookup(s)
	fmt.Println(ok)
	if err := key.Set(s, 0); err != nil {
		log.Fatal(err)
	}
	_, ok, _ = key.Lookup(s)
	fmt.Println(ok)
	// Output:
	// false
	// true
}

// Two writers, one record: the second is told that it knew an old one.
func ExampleMemory() {
	ctx := context.Background()
	store := session.NewMemory(session.MemoryConfig{})

	first, err := store.Put(ctx, "105.7301", session.Record{Data: []byte("one")})
	if err != nil {
		log.Fatal(err)
	}
	_, err = store.Put(ctx, "105.7301", session.Record{Data: []byte("two"), Revision: first.Revision})
	fmt.Println(err)
	_, err = store.Put(ctx, "105.7301", session.Record{Data: []byte("three"), Revision: first.Revision})
	fmt.Println(err, errors.Is(err, session.ErrConflict))

	r, err := store.Get(ctx, "105.7301")
	fmt.Printf("%s %v\n", r.Data, err)
	// Output:
	// <nil>
	// session: conflict true
	// two <nil>
}

// Run frees the memory of what has expired until its context ends; its owner waits for it.
func ExampleMemory_Run() {
	ctx, cancel := context.WithCancel(context.Background())
	store := session.NewMemory(session.MemoryConfig{SweepEvery: time.Second})

	ended := make(chan error)
	go func() { ended <- store.Run(ctx) }()

	cancel()
	fmt.Println(<-ended)
	// Output: <nil>
}

// An event is handled once: its id is saved together with what the handler changed.
func ExamplePerson() {
	ctx, now := context.Background(), time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	store := session.NewMemory(session.MemoryConfig{Now: func() time.Time { return now }})
	visits := session.NewKey[int]("visits")

	for range 2 { // Meta delivers the event twice
		person, err := session.Load(ctx, store, "105.7301", now)
		if err != nil {
			log.Fatal(err)
		}
		if person.Handled("message:m_1") {
			fmt.Println("handled before")
			break
		}
		n, err := visits.Get(person.Session())
		if err != nil {
			log.Fatal(err)
		}
		if err := visits.Set(person.Session(), n+1); err != nil {
			log.Fatal(err)
		}
		person.MarkHandled("message:m_1", now)
		if err := person.Save(ctx, store, now, 7*24*time.Hour); err != nil {
			log.Fatal(err)
		}
		fmt.Println("visit", n+1)
	}
	// Output:
	// visit 1
	// handled before
}

// A record that does not decode can be replaced by an empty one.
func ExampleLoad_damaged() {
	ctx, now := context.Background(), time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	store := session.NewMemory(session.MemoryConfig{Now: func() time.Time { return now }})
	if _, err := store.Put(ctx, "105.7301", session.Record{Data: []byte("rubbish")}); err != nil {
		log.Fatal(err)
	}

	person, err := session.Load(ctx, store, "105.7301", now)
	fmt.Println(errors.Is(err, session.ErrDamaged))
	fmt.Println(person.Save(ctx, store, now, 7*24*time.Hour))
	_, err = session.Load(ctx, store, "105.7301", now)
	fmt.Println(err)
	// Output:
	// true
	// <nil>
	// <nil>
}

// The receiver records; a handler in flight sees the newest window.
func ExampleWindows() {
	noon := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	windows := session.NewWindows(0)

	windows.RecordInbound("105", "7301", send.Window{Opened: noon})
	windows.RecordInbound("105", "7301", send.Window{Opened: noon.Add(-time.Hour)}) // came late

	fmt.Println(windows.Newest("105", "7301").Opened.Format(time.Kitchen))
	// Output: 12:00PM
}

// A message within the seven days of an ad leaves the window one that an ad opened.
func ExampleLater() {
	noon := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	ad := send.Window{Opened: noon, By: send.ByAd}
	message := send.Window{Opened: noon.Add(48 * time.Hour)}

	both := session.Later(ad, message)
	fmt.Println(both.Opened.Equal(message.Opened), both.By == send.ByAd)
	// Output: true true
}
