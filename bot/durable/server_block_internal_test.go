package durable

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/parleybot/parley/bot"
)

// Before another minor version is named in blocksKnown, see that the comment in server_block.go on the form of
// a record still holds: func writeMsgRecordLocked in filestore.go of nats-server writes it.
func TestBlocksOfThisServerAreRead(t *testing.T) {
	if !readsBlocks(server.VERSION) {
		t.Errorf("version %s of nats-server is not known", server.VERSION)
	}
	for _, other := range []string{"2.14.9", "2.16.0", "2.150.0", "3.15.0", ""} {
		if readsBlocks(other) {
			t.Errorf("version %q is known", other)
		}
	}
}

// blockLoad writes, overwrites, deletes, purges and lets expire, one of each kind in every round.
func blockLoad(ctx context.Context, b *Backend, js jetstream.JetStream, worker int) {
	long := strings.Repeat("x", 2000)
	for n := 0; ctx.Err() == nil; n++ {
		id := fmt.Sprintf("%d-%d", worker, n)
		_ = b.Inbox.Publish(ctx, []bot.Envelope{{ID: id, Key: "page." + id, Data: []byte(long[:n%len(long)])}})
		if info, err := b.Inbox.streams.inbox.Info(ctx); err == nil && n%3 > 0 {
			_ = b.Inbox.streams.inbox.DeleteMsg(ctx, info.State.FirstSeq)
			_ = b.Inbox.streams.inbox.DeleteMsg(ctx, info.State.LastSeq)
		}
		key := fmt.Sprintf("key-%d", n%97)
		record, _ := b.Store.Get(ctx, key)
		record.Data, record.Expires = []byte(long[:n%700]), time.Now().Add(time.Hour)
		_, _ = b.Store.Put(ctx, key, record)
		_ = b.Store.Delete(ctx, fmt.Sprintf("key-%d", n%89))
		short := &nats.Msg{
			Subject: "parley.record.short-" + id, Data: []byte(id),
			Header: nats.Header{jetstream.MsgTTLHeader: {"1"}},
		}
		_, _ = js.PublishMsg(ctx, short)
		_ = b.Inbox.dead.bury(ctx, bot.DeadLetter{Envelope: bot.Envelope{ID: id, Data: []byte(long)}}, "")
		switch {
		case n%50 == 49:
			_ = b.Inbox.streams.letters.Purge(ctx)
		case n%20 == 19:
			_ = b.Inbox.streams.inbox.Purge(ctx)
		case n%10 == 9:
			_ = b.Inbox.dead.Drop(ctx, id)
		}
	}
}

// Whatever a server is doing with its blocks, nothing in them is taken for damage, save the end of one that is
// just being written: nothing that is good would be taken out of a store whose process was killed.
func TestGoodBlocksAreNeverMended(t *testing.T) {
	cfg := Config{Dir: t.TempDir(), Unsynced: true, MaxBytes: 300 << 10, DeadBytes: 200 << 10, Name: "parley"}
	b, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	js, err := jetstream.New(b.conn)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() { blockLoad(ctx, b, js, worker) })
	}
	read := 0
	for ctx.Err() == nil {
		read += blockScan(t, &cfg)
	}
	all.Wait()
	b.Close()
	if read += blockScan(t, &cfg); read < 10 {
		t.Errorf("%d blocks were read", read)
	}
	t.Logf("%d blocks read", read)
	var log bytes.Buffer
	cfg.Log = zerolog.New(&log)
	if err := mend(&cfg, server.VERSION); err != nil || log.Len() > 0 {
		t.Errorf("mend: %v, %s", err, &log)
	}
	if _, err := os.Stat(cfg.Dir + "/" + damagedName); err == nil {
		t.Error("something was mended")
	}
}

// blockScan reads all blocks and returns how many there were.
func blockScan(t *testing.T, cfg *Config) int {
	t.Helper()
	blocks, err := blocksOf(cfg)
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, one := range blocks {
		stored, err := os.ReadFile(one.path)
		if err != nil {
			continue // it has just been removed
		}
		sum, err := newBlockHash(one.stream, one.index)
		if err != nil {
			t.Fatal(err)
		}
		if state := readBlock(stored, sum); state.gaps > 0 && !state.torn {
			t.Errorf("block %d of %s: %d places and %d bytes of %d are taken for damage",
				one.index, one.stream, state.gaps, state.lost, len(stored))
		}
		read++
	}
	return read
}

// blockRecord returns a record as nats-server 2.15 writes it.
func blockRecord(t *testing.T, sequence uint64, subject, headers, body string) []byte {
	t.Helper()
	sum, err := newBlockHash("s", 1)
	if err != nil {
		t.Fatal(err)
	}
	length := uint32(recordHead + len(subject) + len(headers) + len(body) + recordSum)
	if headers != "" {
		length = (length + headersBytes) | headersBit
	}
	stored := binary.LittleEndian.AppendUint32(nil, length)
	stored = binary.LittleEndian.AppendUint64(stored, sequence)
	stored = binary.LittleEndian.AppendUint64(stored, 1795262460123456789)
	stored = binary.LittleEndian.AppendUint16(stored, uint16(len(subject)))
	_, _ = sum.Write(stored[4:20])
	_, _ = sum.Write([]byte(subject + headers + body))
	stored = append(stored, subject...)
	if headers != "" {
		stored = binary.LittleEndian.AppendUint32(stored, uint32(len(headers)))
	}
	return sum.Sum(append(append(stored, headers...), body...))
}

// Each bit that turns in a record is found, and costs that record alone. One that makes the subject of an event
// shorter is seen by whoever decodes the event: it does not begin with its version then.
func TestEachBitOfARecordIsGuarded(t *testing.T) {
	const headers = "NATS/1.0\r\nParley-Expires: 2026-11-28T12:01:00Z\r\n\r\n"
	before := blockRecord(t, 1, "parley.record.a", headers, "one")
	after := blockRecord(t, 3, "parley.record.c", headers, "three")
	rest := slices.Concat(before, after)
	sum, err := newBlockHash("s", 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		record  []byte
		subject uint16
	}{
		"a record": {record: blockRecord(t, 2, "parley.record.b", headers, "two")},
		"an event": {blockRecord(t, 2, "parley.in.3.now.b", "", "\x01\x20m_"+strings.Repeat("x", 400)), 17},
	} {
		t.Run(name, func(t *testing.T) {
			for bit := range 8 * len(row.record) {
				row.record[bit/8] ^= 1 << (bit % 8)
				state := readBlock(bytes.Join([][]byte{before, row.record, after}, nil), sum)
				shorter := binary.LittleEndian.Uint16(row.record[20:]) < row.subject
				if !shorter && (state.gaps != 1 || state.torn || !bytes.Equal(state.whole, rest)) {
					t.Errorf("bit %d of byte %d: %d places of %d bytes", bit%8, bit/8, state.gaps, state.lost)
				}
				row.record[bit/8] ^= 1 << (bit % 8)
			}
		})
	}
}

// What is no message is a record too.
func TestRecordsOfDeletions(t *testing.T) {
	sum, err := newBlockHash("s", 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, record := range map[string][]byte{
		"a tombstone":   blockRecord(t, 7|1<<62, "", "", ""),
		"a gap":         blockRecord(t, 7|1<<63, "", "", ""),
		"overwritten":   blockRecord(t, 7|1<<63, "", "", "\x00random"),
		"without words": blockRecord(t, 7, "a", "", ""),
	} {
		t.Run(name, func(t *testing.T) {
			damaged := blockRecord(t, 1, "a", "", "damaged")
			damaged[30] ^= 1
			state := readBlock(append(damaged, record...), sum)
			if state.gaps != 1 || !bytes.Equal(state.whole, record) {
				t.Errorf("%d places, left are %d bytes of %d", state.gaps, len(state.whole), len(record))
			}
		})
	}
}

// What only looks like damage is left as it is.
func TestBlocksOfAnotherKindAreLeft(t *testing.T) {
	for name, row := range map[string]struct {
		stream, content string
		key             bool
	}{
		"encrypted":  {stream: "parley-inbox", content: "garbage", key: true},
		"compressed": {stream: "parley-inbox", content: "cmp\x01garbage"},
		"of another": {stream: "parley-others", content: "garbage"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := Config{Dir: t.TempDir(), Name: "parley"}
			dir := cfg.Dir + "/jetstream/$G/streams/" + row.stream + "/msgs/"
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			files := map[string]string{"1.blk": row.content, "2.blk": row.content}
			if row.key {
				files["1.key"], files["2.key"] = "key", "key"
			}
			for file, content := range files {
				if err := os.WriteFile(dir+file, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var log bytes.Buffer
			cfg.Log = zerolog.New(&log)
			if err := mend(&cfg, server.VERSION); err != nil || log.Len() > 0 {
				t.Errorf("mend: %v, %s", err, &log)
			}
			for file, content := range files {
				if got, err := os.ReadFile(dir + file); err != nil || string(got) != content {
					t.Errorf("%s is %q, %v", file, got, err)
				}
			}
		})
	}
}

// The end of a block is an unfinished write only where a server writes, which is at the end of the newest one.
func TestOnlyTheNewestBlockMayBeUnfinished(t *testing.T) {
	cfg := Config{Dir: t.TempDir(), Name: "parley"}
	dir := cfg.Dir + "/jetstream/$G/streams/parley-inbox/msgs/"
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"9.blk", "10.blk"} {
		if err := os.WriteFile(dir+file, []byte("unfinished"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := mend(&cfg, server.VERSION); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]bool{
		dir + "9.blk": false, dir + "10.blk": true,
		cfg.Dir + "/damaged/parley-inbox-9-1.blk": true, cfg.Dir + "/damaged/parley-inbox-10-1.blk": false,
	} {
		if _, err := os.Stat(file); (err == nil) != want {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// A later version of nats-server may write what would look like damage.
func TestUnknownVersionIsLeftAlone(t *testing.T) {
	cfg := Config{Dir: t.TempDir(), Name: "parley"}
	path := cfg.Dir + "/jetstream/$G/streams/parley-inbox/msgs/1.blk"
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	for file, content := range map[string]string{path: "another form", filepath.Join(cfg.Dir, sizesName): "{}"} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	cfg.Log = zerolog.New(&log)
	err := mend(&cfg, "2.16.0")
	if err != nil || !strings.Contains(log.String(), "2.16.0") || !strings.Contains(log.String(), "not looked for") {
		t.Errorf("mend: %v, logged: %s", err, &log)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "another form" {
		t.Errorf("the block is %q, %v", got, err)
	}
}
