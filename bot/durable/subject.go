package durable

import (
	"crypto/sha256"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// names are what the streams and subjects of one Config.Name are called.
type names struct {
	prefix     string
	partitions int
}

func (n names) inbox() string   { return n.prefix + "-inbox" }
func (n names) records() string { return n.prefix + "-records" }
func (n names) letters() string { return n.prefix + "-letters" }
func (n names) claims() string  { return n.prefix + "-claims" }

// owns reports whether a stream is one of the store's.
func (n names) owns(stream string) bool {
	return stream == n.inbox() || stream == n.records() || stream == n.letters() || stream == n.claims()
}

// The kinds of events in the inbox, a token of their subjects.
const (
	kindNow = "now" // to be handled at once
	kindDue = "due" // to be handled at their time
)

// event returns the subject of an event: prefix.in.<partition>.<kind>.<key>.
func (n names) event(key, kind string) string {
	return n.prefix + ".in." + strconv.Itoa(n.partition(key)) + "." + kind + "." + token(key)
}

// events returns the subjects of all events of a partition.
func (n names) events(partition int) string { return fmt.Sprintf("%s.in.%d.>", n.prefix, partition) }

// record returns the subject of a record.
func (n names) record(key string) string { return n.prefix + ".record." + token(key) }

// letter returns the subject of the dead letters with an ID.
func (n names) letter(id string) string { return n.prefix + ".letter." + token(id) }

// member returns the subject of an instance.
func (n names) member(id string) string { return n.prefix + ".claim.member." + id }

// claim returns the subject of the claim on a partition.
func (n names) claim(partition int) string {
	return n.prefix + ".claim.partition." + strconv.Itoa(partition)
}

// echo returns the subject on which instances tell each other of echoes.
func (n names) echo() string { return n.prefix + ".echo" }

// partition returns the share that a key belongs to. It must never change: the events of one key lie in one
// partition, for every version of the program.
func (n names) partition(key string) int {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(key))                  // it never fails
	return int(sum.Sum32() % uint32(n.partitions)) //nolint:gosec // there are 1,024 at most
}

// isPlain reports whether r stands for itself in a subject.
func isPlain(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_'
}

// tokenMost is the longest token: a server takes lines of 4,096 bytes at most, and a subject is a part of
// one.
const tokenMost = 250

// token returns a text as one token of a subject: what is not plain becomes '=' and two hexadecimal digits
// for each byte, and what is too long then becomes "==" and its SHA-256. No two texts have the same token.
func token(text string) string {
	if text == "" {
		return "="
	}
	var b strings.Builder
	b.Grow(min(len(text)+8, tokenMost))
	for i := range len(text) {
		if c := text[i]; isPlain(rune(c)) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "=%02X", c)
		}
		if b.Len() > tokenMost {
			return fmt.Sprintf("==%x", sha256.Sum256([]byte(text)))
		}
	}
	return b.String()
}
