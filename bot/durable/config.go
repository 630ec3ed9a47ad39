package durable

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/rs/zerolog"
)

// Config configures [Open]. Either Dir or URL is required.
type Config struct {
	// Dir is the directory of a server that runs inside the process, without a port: the store of one
	// machine. It is made if it is not there. Only one process at a time has it.
	Dir string

	// LockWait is how long Open waits for another process to leave Dir, as when a service is restarted and
	// its two processes overlap.
	//
	// Defaults to no wait: Open refuses at once.
	LockWait time.Duration

	// Reserve is how many bytes of the file system of Dir are kept free for records and dead letters: with
	// less than that free no event is taken, and Meta is answered 503.
	//
	// Defaults to 64 MiB.
	Reserve int64

	// URL is the address of a NATS server with JetStream, or of several of a cluster, separated by commas.
	// Any number of instances of the bot share it.
	URL string

	// Options are for the connection to URL: credentials, TLS, a name. Whatever they say, nothing is kept for
	// later while there is no connection, and reconnecting never ends.
	Options []nats.Option

	// Name begins the names of all streams and subjects, so that several bots share one server: letters,
	// digits, '-' and '_'.
	//
	// Defaults to "parley".
	Name string

	// Replicas is how many servers of a cluster keep each stream: 1, 3 or 5.
	//
	// Defaults to 1.
	Replicas int

	// Partitions is how many shares the people are divided into. The instances of a bot divide these shares
	// among themselves, so that there must be at least as many as instances. It cannot be changed later, save
	// by starting with a new Name.
	//
	// Defaults to 32.
	Partitions int

	// Pin is how long an instance that is not heard of keeps its partitions: they move to others within Pin
	// and a second.
	//
	// Defaults to 5 s, and with Replicas above 1 to 15 s: a cluster may take ten to choose a new leader, in
	// which nobody is heard of.
	Pin time.Duration

	// Unsynced leaves it to the operating system when what a server of Dir has written reaches the disk. It
	// is several times as fast, and a loss of power takes up to two minutes of acknowledged events and
	// records with it. The end of the process, by kill -9 too, loses nothing either way.
	Unsynced bool

	// Parallel is how many people an instance serves at the same time.
	//
	// Defaults to 64.
	Parallel int

	// Ahead is how many events of a partition an instance has in memory at most.
	//
	// Defaults to 512.
	Ahead int

	// PerLane is how many events of one person are kept at most, and as many that are due later; what exceeds
	// it becomes a dead letter.
	//
	// Defaults to 256.
	PerLane int

	// MaxEvents and MaxBytes are how many events, and bytes of them, are kept at most that are not handled or
	// due later. A full inbox answers Meta 503.
	//
	// Default to no limit, and to 1 GiB.
	MaxEvents, MaxBytes int64

	// DeadAge and DeadBytes are how long dead letters are kept, and how many bytes of them: the oldest go
	// first.
	//
	// Default to 30 days and 256 MiB.
	DeadAge   time.Duration
	DeadBytes int64

	// Crashes is how many times an event may have been in hand when its process died before it becomes a dead
	// letter with the cause [CauseCrash]: 3 at least. From the second time on it runs without others that may
	// have been in hand beside it, and only once the instance has had its partition for Pin.
	//
	// Defaults to 4.
	Crashes int

	// Update changes the settings of streams that differ from this Config, where NATS can; without it Open
	// refuses them.
	Update bool

	// Now is the clock that events are due and records expire by.
	//
	// Defaults to that of the bot whose Config.Inbox it becomes, and to time.Now before.
	Now func() time.Time

	// Log takes what goes wrong in the background. It never gets an event, a record or a token.
	//
	// Defaults to silence.
	Log zerolog.Logger
}

// withDefaults returns c with its defaults, or everything that is wrong with it.
func (c Config) withDefaults() (Config, error) {
	if err := c.check(); err != nil {
		return c, fmt.Errorf("durable: config:\n%w", err)
	}
	setDefault(&c.Name, "parley")
	setDefault(&c.Reserve, 64<<20)
	setDefault(&c.Replicas, 1)
	setDefault(&c.Partitions, 32)
	if c.Replicas > 1 {
		setDefault(&c.Pin, 15*time.Second)
	}
	setDefault(&c.Pin, 5*time.Second)
	setDefault(&c.Parallel, 64)
	setDefault(&c.Ahead, 512)
	setDefault(&c.PerLane, 256)
	setDefault(&c.MaxEvents, -1)
	setDefault(&c.MaxBytes, 1<<30)
	setDefault(&c.DeadAge, 30*24*time.Hour)
	setDefault(&c.DeadBytes, 256<<20)
	setDefault(&c.Crashes, 4)
	return c, nil
}

// check returns everything that is wrong with c.
func (c Config) check() error {
	var problems []error
	wrong := func(is bool, format string, args ...any) {
		if is {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	wrong(c.Dir == "" && c.URL == "",
		"Dir and URL are empty: want the directory of a store, or the address of a NATS server")
	wrong(c.Dir != "" && c.URL != "", "Dir and URL are both set: want one of them")
	wrong(c.Dir != "" && c.Replicas > 1, "Replicas is %d: a store in a directory is one server", c.Replicas)
	wrong(c.URL != "" && c.Unsynced,
		"Unsynced is for Dir: set sync_interval in the configuration of the server")
	wrong(strings.ContainsFunc(c.Name, isNoNameRune),
		"Name %.40q has more than letters, digits, '-' and '_'", c.Name)
	wrong(c.Replicas != 0 && c.Replicas != 1 && c.Replicas != 3 && c.Replicas != 5,
		"Replicas is %d: want 1, 3 or 5", c.Replicas)
	wrong(c.Partitions < 0 || c.Partitions > 1024, "Partitions is %d: want 1 to 1,024", c.Partitions)
	wrong(c.Pin != 0 && c.Pin < time.Second, "Pin is %s: want a second at least", c.Pin)
	wrong(c.Crashes == 1 || c.Crashes == 2,
		"Crashes is %d: want 3 at least: who of several has killed the process shows in the third", c.Crashes)
	for name, n := range map[string]int64{
		"Parallel": int64(c.Parallel), "Ahead": int64(c.Ahead), "PerLane": int64(c.PerLane),
		"MaxEvents": c.MaxEvents, "MaxBytes": c.MaxBytes, "DeadAge": int64(c.DeadAge),
		"DeadBytes": c.DeadBytes, "Crashes": int64(c.Crashes), "LockWait": int64(c.LockWait),
		"Reserve": c.Reserve,
	} {
		wrong(n < 0, "%s is %d: want a number above zero", name, n)
	}
	return errors.Join(problems...)
}

// isNoNameRune reports whether r must not occur in Config.Name.
func isNoNameRune(r rune) bool { return !isPlain(r) }

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
