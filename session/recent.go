package session

import (
	"hash/maphash"
	"sync"

	"github.com/parleybot/parley/send"
)

// recent remembers something of each person in a bounded memory without I/O. It is safe for concurrent use,
// and starts no goroutine.
type recent[V any] struct {
	seeds  [2]maphash.Seed
	shards []generations[V]
}

// generations are two generations of people. Whoever is put goes into the younger; when that is full the
// older is forgotten and the younger becomes the older.
type generations[V any] struct {
	mu           sync.Mutex
	room         int // of one generation
	young, older map[personKey]V
}

// personKey is a person on a Page, as 128 bits of hash. It holds no pointer: a hundred thousand people are
// nothing for the garbage collector to look at.
type personKey [2]uint64

// newRecent returns a memory for at most people, the least being two, in independently locked shards; for
// ahead people in each generation of a shard there is room from the start.
func newRecent[V any](people, shards, ahead int) recent[V] {
	r := recent[V]{
		seeds:  [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
		shards: make([]generations[V], shards),
	}
	for i := range r.shards {
		r.shards[i] = generations[V]{
			room:  max(1, people/shards/2),
			young: make(map[personKey]V, ahead),
			older: make(map[personKey]V, ahead),
		}
	}
	return r
}

// find returns the key of a person on a Page, and the shard that it belongs to.
func (r *recent[V]) find(page string, who send.PSID) (personKey, *generations[V]) {
	person := struct {
		page string
		who  send.PSID
	}{page, who}
	key := personKey{maphash.Comparable(r.seeds[0], person), maphash.Comparable(r.seeds[1], person)}
	return key, &r.shards[key[0]%uint64(len(r.shards))]
}

// get returns what is remembered under key, the zero value if nothing is. It is called with mu held, as put
// and remove are.
func (g *generations[V]) get(key personKey) V {
	if known, ok := g.young[key]; ok {
		return known
	}
	return g.older[key]
}

// put remembers v under key.
func (g *generations[V]) put(key personKey, v V) {
	if _, young := g.young[key]; !young && len(g.young) >= g.room {
		clear(g.older)
		g.young, g.older = g.older, g.young
	}
	g.young[key] = v
}

// remove forgets what is under key.
func (g *generations[V]) remove(key personKey) {
	delete(g.young, key)
	delete(g.older, key)
}
