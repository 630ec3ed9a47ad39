package durable

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go/jetstream"
)

// partitionsKey is where a stream's metadata tells how many partitions the people are divided into.
const partitionsKey = "parley-partitions"

// streams are the four streams of a store.
type streams struct {
	inbox, records, letters, claims jetstream.Stream
}

// inboxStream keeps events until they are handled: each is deleted by itself then.
func (c *Config) inboxStream(n names) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: n.inbox(), Subjects: []string{n.prefix + ".in.>"}, Description: "events that are not handled yet",
		Storage: jetstream.FileStorage, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew,
		MaxMsgs: c.MaxEvents, MaxBytes: c.MaxBytes, MaxMsgsPerSubject: int64(c.PerLane), DiscardNewPerSubject: true,
		Replicas: c.Replicas, Metadata: map[string]string{partitionsKey: strconv.Itoa(c.Partitions)},
	}
}

// recordsStream keeps the newest record of each key.
func (c *Config) recordsStream(n names) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: n.records(), Subjects: []string{n.prefix + ".record.>"}, Description: "people's records",
		Storage: jetstream.FileStorage, MaxMsgsPerSubject: 1, AllowMsgTTL: true, Replicas: c.Replicas,
	}
}

// lettersStream keeps dead letters.
func (c *Config) lettersStream(n names) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: n.letters(), Subjects: []string{n.prefix + ".letter.>"}, Description: "events that were given up",
		Storage: jetstream.FileStorage, Discard: jetstream.DiscardOld, MaxAge: c.DeadAge, MaxBytes: c.DeadBytes,
		Replicas: c.Replicas,
	}
}

// claimsStream keeps which instances there are and which partitions they have.
func (c *Config) claimsStream(n names) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: n.claims(), Subjects: []string{n.prefix + ".claim.>"}, Description: "instances and their partitions",
		Storage: jetstream.FileStorage, MaxMsgsPerSubject: 1, AllowMsgTTL: true, Replicas: c.Replicas,
	}
}

// openStreams makes the streams that are not there.
func openStreams(ctx context.Context, js jetstream.JetStream, c *Config, n names) (*streams, error) {
	var s streams
	for _, wanted := range []struct {
		stream *jetstream.Stream
		config jetstream.StreamConfig
	}{
		{&s.inbox, c.inboxStream(n)},
		{&s.records, c.recordsStream(n)},
		{&s.letters, c.lettersStream(n)},
		{&s.claims, c.claimsStream(n)},
	} {
		var err error
		if *wanted.stream, err = openStream(ctx, js, wanted.config); err != nil {
			return nil, fmt.Errorf("durable: open stream %s: %w", wanted.config.Name, err)
		}
	}
	return &s, nil
}

func openStream(
	ctx context.Context, js jetstream.JetStream, cfg jetstream.StreamConfig,
) (jetstream.Stream, error) {
	stream, err := js.Stream(ctx, cfg.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return js.CreateStream(ctx, cfg)
	}
	return stream, err
}
