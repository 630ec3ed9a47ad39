package durable_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/parleybot/parley/bot/durable"
	"github.com/parleybot/parley/bot/durable/internal/natstest"
)

// streamsEdit changes a stream's settings.
func streamsEdit(t *testing.T, js jetstream.JetStream, name string, edit func(*jetstream.StreamConfig)) {
	t.Helper()
	s, err := js.Stream(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	cfg := s.CachedInfo().Config
	edit(&cfg)
	if _, err := js.UpdateStream(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
}

func TestDriftedStreamIsRefusedOrChanged(t *testing.T) {
	for name, test := range map[string]struct {
		stream string
		edit   func(*jetstream.StreamConfig)
		says   string
	}{
		"subjects": {"parley-inbox", func(s *jetstream.StreamConfig) {
			s.Subjects = []string{"parley.in.1.>"}
		}, `subjects are ["parley.in.1.>"] and should be ["parley.in.>"]`},
		"discard": {"parley-inbox", func(s *jetstream.StreamConfig) {
			s.Discard, s.DiscardNewPerSubject = jetstream.DiscardOld, false
		}, "discard is DiscardOld and should be DiscardNew"},
		"events": {"parley-inbox", func(s *jetstream.StreamConfig) {
			s.MaxMsgs = 5
		}, "max_msgs is 5 and should be -1"},
		"bytes": {"parley-inbox", func(s *jetstream.StreamConfig) {
			s.MaxBytes = 1 << 20
		}, "max_bytes is 1048576 and should be 1073741824"},
		"a lane": {"parley-inbox", func(s *jetstream.StreamConfig) {
			s.MaxMsgsPerSubject = 3
		}, "max_msgs_per_subject is 3 and should be 256"},
		"the size of an event": {"parley-inbox", func(s *jetstream.StreamConfig) {
			s.MaxMsgSize = 100
		}, "max_msg_size is 100 and should be -1"},
		"the age of events": {"parley-inbox", func(s *jetstream.StreamConfig) {
			s.MaxAge = time.Hour
		}, "max_age is 1h0m0s and should be 0s"},
		"no direct reads": {"parley-records", func(s *jetstream.StreamConfig) {
			s.AllowDirect = false
		}, "allow_direct is false and should be true"},
		"a history of records": {"parley-records", func(s *jetstream.StreamConfig) {
			s.MaxMsgsPerSubject = 2
		}, "max_msgs_per_subject is 2 and should be 1"},
		"no acknowledgements": {"parley-records", func(s *jetstream.StreamConfig) {
			s.NoAck = true
		}, "no_ack is true and should be false"},
		"the age of dead letters": {"parley-letters", func(s *jetstream.StreamConfig) {
			s.MaxAge = time.Hour
		}, "max_age is 1h0m0s and should be 720h0m0s"},
		"the age of claims": {"parley-claims", func(s *jetstream.StreamConfig) {
			s.MaxAge = time.Hour
		}, "max_age is 1h0m0s and should be 0s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := natstest.Server(t).URL()
			cfg := durable.Config{URL: url}
			open(t, cfg).Close()
			streamsEdit(t, natstest.JetStream(t, url), test.stream, test.edit)
			connectFails(t, cfg, test.stream, test.says, "Config.Update")
			cfg.Update = true
			open(t, cfg).Close()
			cfg.Update = false
			open(t, cfg).Close()
		})
	}
}

// What the operator may choose is no drift.
func TestOperatorsSettingsAreNoDrift(t *testing.T) {
	url := natstest.Server(t).URL()
	open(t, durable.Config{URL: url}).Close()
	streamsEdit(t, natstest.JetStream(t, url), "parley-records", func(s *jetstream.StreamConfig) {
		s.Compression, s.Description = jetstream.S2Compression, "ours"
		s.Metadata["team"] = "pizza"
	})
	open(t, durable.Config{URL: url}).Close()

	js := natstest.JetStream(t, url)
	streamsEdit(t, js, "parley-records", func(s *jetstream.StreamConfig) { s.MaxMsgsPerSubject = 2 })
	open(t, durable.Config{URL: url, Update: true}).Close()
	s, err := js.Stream(t.Context(), "parley-records")
	if err != nil {
		t.Fatal(err)
	}
	has := s.CachedInfo().Config
	if has.MaxMsgsPerSubject != 1 || has.Compression != jetstream.S2Compression || has.Description != "ours" ||
		has.Metadata["team"] != "pizza" {
		t.Errorf("an update leaves the operator's settings as %v, %q, %q", has.Compression, has.Description, has.Metadata)
	}
}

func TestLayoutIsNeverChanged(t *testing.T) {
	for name, test := range map[string]struct {
		edit   func(*jetstream.StreamConfig)
		config durable.Config
		says   []string
	}{
		"another number of partitions": {
			config: durable.Config{Partitions: 16},
			says:   []string{"32 partitions", "Config.Partitions is 16", "Config.Name"},
		},
		"a newer format": {
			edit: func(s *jetstream.StreamConfig) { s.Metadata["parley-format"] = "12" },
			says: []string{"format 12", "newer"},
		},
		"a format that is none": {
			edit: func(s *jetstream.StreamConfig) { s.Metadata["parley-format"] = "x" },
			says: []string{`unknown format "x"`},
		},
		"a stream of somebody else": {
			edit: func(s *jetstream.StreamConfig) { s.Metadata = nil },
			says: []string{"not made by Parley", "Config.Name"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := natstest.Server(t).URL()
			open(t, durable.Config{URL: url}).Close()
			if test.edit != nil {
				streamsEdit(t, natstest.JetStream(t, url), "parley-inbox", test.edit)
			}
			test.config.URL = url
			connectFails(t, test.config, append(test.says, "parley-inbox")...)
			test.config.Update = true
			connectFails(t, test.config, append(test.says, "parley-inbox")...)
		})
	}
}

func TestStorageCannotBeChanged(t *testing.T) {
	url := natstest.Server(t).URL()
	js := natstest.JetStream(t, url)
	if _, err := js.CreateStream(t.Context(), jetstream.StreamConfig{
		Name: "parley-inbox", Subjects: []string{"parley.in.>"}, Storage: jetstream.MemoryStorage,
		Metadata: map[string]string{"parley-format": "1", "parley-partitions": "32"},
	}); err != nil {
		t.Fatal(err)
	}
	connectFails(t, durable.Config{URL: url, Update: true}, "storage is Memory and should be File", "cannot change it")
}

// Instances that start at the same time make the streams once.
func TestInstancesStartTogether(t *testing.T) {
	for name, cfg := range map[string]durable.Config{
		"one server": {URL: natstest.Server(t).URL()},
		"a cluster":  {URL: natstest.Cluster(t, 3).URL(), Replicas: 3},
	} {
		t.Run(name, func(t *testing.T) {
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					b, err := durable.Open(t.Context(), cfg)
					if err != nil {
						t.Error(err)
						return
					}
					b.Close()
				})
			}
			all.Wait()
		})
	}
}

// Two bots share a server by their names.
func TestNamesKeepBotsApart(t *testing.T) {
	url := natstest.Server(t).URL()
	one, two := open(t, durable.Config{URL: url, Name: "one"}), open(t, durable.Config{URL: url, Name: "two"})
	serverWrite(t, one, "a", "1")
	if got := serverRead(t, two, "a"); got != "" {
		t.Errorf("the other bot reads %q", got)
	}
	if !strings.Contains(serverRead(t, one, "a"), "1") {
		t.Error("the bot does not read its own record")
	}
}
