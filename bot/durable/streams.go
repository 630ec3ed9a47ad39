package durable

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// What a stream's metadata tells: how the store is laid out, and how many partitions the people are divided
// into.
const (
	formatKey     = "parley-format"
	partitionsKey = "parley-partitions"
)

// format is the layout that this version of the program reads and writes.
const format = 1

// streams are the four streams of a store.
type streams struct {
	inbox, records, letters, claims jetstream.Stream
}

// inboxStream keeps events until they are handled: each is deleted by itself then.
func (c *Config) inboxStream(n names) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: n.inbox(), Subjects: []string{n.prefix + ".in.>"}, Description: "events not handled yet",
		Storage: jetstream.FileStorage, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew,
		MaxMsgs: c.MaxEvents, MaxBytes: c.MaxBytes, MaxMsgsPerSubject: int64(c.PerLane),
		DiscardNewPerSubject: true, Replicas: c.Replicas,
	}
}

// recordsStream keeps the newest record of each key. Direct reads are half as dear as others, and only where
// there is but one replica do they see everything that was written.
func (c *Config) recordsStream(n names) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		AllowDirect: c.Replicas == 1,
		Name:        n.records(), Subjects: []string{n.prefix + ".record.>"}, Description: "people's records",
		Storage: jetstream.FileStorage, MaxMsgsPerSubject: 1, AllowMsgTTL: true, Replicas: c.Replicas,
	}
}

// lettersStream keeps dead letters.
func (c *Config) lettersStream(n names) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: n.letters(), Subjects: []string{n.prefix + ".letter.>"}, Description: "events given up",
		Storage: jetstream.FileStorage, Discard: jetstream.DiscardOld,
		MaxAge: c.DeadAge, MaxBytes: c.DeadBytes,
		Replicas: c.Replicas,
	}
}

// claimsStream keeps which instances there are and which partitions they have.
func (c *Config) claimsStream(n names) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: n.claims(), Subjects: []string{n.prefix + ".claim.>"},
		Description: "instances and their partitions",
		Storage:     jetstream.FileStorage, MaxMsgsPerSubject: 1, AllowMsgTTL: true, Replicas: c.Replicas,
	}
}

// shortestWindow is the time for which a stream remembers the IDs of messages that have one: the shortest
// that NATS takes, as no message has. At its start a server reads again what it got within that time.
const shortestWindow = 100 * time.Millisecond

// configs returns the settings of the four streams.
func (c *Config) configs() []jetstream.StreamConfig {
	n := names{prefix: c.Name, partitions: c.Partitions}
	all := []jetstream.StreamConfig{
		c.inboxStream(n), c.recordsStream(n), c.lettersStream(n), c.claimsStream(n),
	}
	for i := range all {
		if all[i].Duplicates == 0 {
			all[i].Duplicates = shortestWindow
		}
		all[i].Metadata = map[string]string{
			formatKey: strconv.Itoa(format), partitionsKey: strconv.Itoa(c.Partitions),
		}
	}
	return all
}

// sorted gives the streams their names, in the order of configs.
func sorted(all []jetstream.Stream) *streams {
	return &streams{inbox: all[0], records: all[1], letters: all[2], claims: all[3]}
}

// openStreams makes the streams that are not there, and checks those that are.
func openStreams(ctx context.Context, js jetstream.JetStream, c *Config) (*streams, error) {
	var all []jetstream.Stream
	for _, wanted := range c.configs() {
		var stream jetstream.Stream
		err := whenReady(ctx, func(ctx context.Context) (err error) {
			stream, err = openStream(ctx, js, c, wanted)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("durable: open stream %s: %w", wanted.Name, explain(err, c))
		}
		all = append(all, stream)
	}
	return sorted(all), nil
}

// openStream finds a stream, or makes it. Another instance may make it at the same time.
func openStream(
	ctx context.Context, js jetstream.JetStream, c *Config, wanted jetstream.StreamConfig,
) (jetstream.Stream, error) {
	stream, err := js.Stream(ctx, wanted.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		if stream, err = js.CreateStream(ctx, wanted); errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
			stream, err = js.Stream(ctx, wanted.Name)
		}
	}
	if err != nil {
		return nil, err
	}
	has := stream.CachedInfo().Config
	if err := sameLayout(&has, &wanted); err != nil {
		return nil, err
	}
	differ := drifted(&has, &wanted)
	if differ == nil {
		return stream, nil
	}
	if !c.Update {
		return nil, fmt.Errorf("%w: change Config, or set Config.Update to change the stream", differ)
	}
	if stream, err = js.UpdateStream(ctx, adapted(has, &wanted)); err != nil {
		return nil, fmt.Errorf("%w: NATS cannot change it: %w", differ, err)
	}
	has = stream.CachedInfo().Config
	return stream, drifted(&has, &wanted)
}

// findStreams gets the streams of a store that is there, and how many partitions it has.
func findStreams(ctx context.Context, js jetstream.JetStream, c *Config) (*streams, error) {
	var all []jetstream.Stream
	for _, wanted := range c.configs() {
		stream, err := js.Stream(ctx, wanted.Name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			return nil, fmt.Errorf("durable: there is no stream %s: "+
				"see that the address and Config.Name are those of the bot", wanted.Name)
		}
		if err != nil {
			return nil, fmt.Errorf("durable: find stream %s: %w", wanted.Name, err)
		}
		has := stream.CachedInfo().Config.Metadata
		wanted.Metadata[partitionsKey] = has[partitionsKey]
		if err := sameLayout(&stream.CachedInfo().Config, &wanted); err != nil {
			return nil, fmt.Errorf("durable: find stream %s: %w", wanted.Name, err)
		}
		if c.Partitions, err = strconv.Atoi(has[partitionsKey]); err != nil || c.Partitions < 1 {
			return nil, fmt.Errorf("durable: stream %s does not tell its partitions: it is not Parley's",
				wanted.Name)
		}
		all = append(all, stream)
	}
	return sorted(all), nil
}

// What NATS answers when a stream cannot be made, and what to do.
var ways = map[jetstream.ErrorCode]string{
	10002: "give the account more storage, or make MaxBytes and DeadBytes smaller",
	10023: "give the server more storage, or make MaxBytes and DeadBytes smaller",
	10047: "give the server more storage, or make MaxBytes and DeadBytes smaller",
	10005: "the cluster has not that many servers with room now: " +
		"see that they all run, or make Replicas smaller",
	10074: "the server is alone: make it part of a cluster, or set Replicas to 1",
}

// explain adds to an error of NATS what to do.
func explain(err error, c *Config) error {
	if api, ok := errors.AsType[*jetstream.APIError](err); ok && ways[api.ErrorCode] != "" {
		return fmt.Errorf("%w (Config: Replicas %d, MaxBytes %d, DeadBytes %d): %s",
			err, c.Replicas, c.MaxBytes, c.DeadBytes, ways[api.ErrorCode])
	}
	return err
}
