package durable

import (
	"strings"
	"testing"
	"time"
)

func TestConfigIsRefused(t *testing.T) {
	for name, row := range map[string]struct {
		config Config
		says   []string
	}{
		"nothing":           {Config{}, []string{"Dir and URL are empty"}},
		"both":              {Config{Dir: "d", URL: "u"}, []string{"Dir and URL are both set"}},
		"copies of a Dir":   {Config{Dir: "d", Replicas: 3}, []string{"Replicas is 3", "one server"}},
		"an unsynced URL":   {Config{URL: "u", Unsynced: true}, []string{"Unsynced is for Dir", "sync_interval"}},
		"a dot in the name": {Config{Dir: "d", Name: "a.b"}, []string{`Name "a.b"`}},
		"two copies":        {Config{URL: "u", Replicas: 2}, []string{"Replicas is 2: want 1, 3 or 5"}},
		"seven copies":      {Config{URL: "u", Replicas: 7}, []string{"Replicas is 7"}},
		"many partitions":   {Config{Dir: "d", Partitions: 1025}, []string{"Partitions is 1025"}},
		"a short pin":       {Config{Dir: "d", Pin: time.Second - 1}, []string{"Pin is 999.999999ms"}},
		"less than nothing": {Config{
			Dir: "d", Partitions: -1, Pin: -1, Parallel: -1, Ahead: -1, PerLane: -1, MaxEvents: -1, MaxBytes: -1,
			DeadAge: -1, DeadBytes: -1, Crashes: -1, LockWait: -1, Reserve: -1,
		}, []string{
			"Partitions is -1", "Pin is -1ns", "Parallel is -1", "Ahead is -1", "PerLane is -1", "MaxEvents is -1",
			"MaxBytes is -1", "DeadAge is -1", "DeadBytes is -1", "Crashes is -1", "LockWait is -1", "Reserve is -1",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := row.config.withDefaults()
			if err == nil {
				t.Fatal("it is accepted")
			}
			for _, part := range append(row.says, "durable: config:") {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("the error does not say %q: %v", part, err)
				}
			}
		})
	}
}

func TestConfigDefaults(t *testing.T) {
	for name, row := range map[string]struct {
		config Config
		pin    time.Duration
	}{
		"a directory": {Config{Dir: "d"}, 5 * time.Second},
		"a cluster":   {Config{URL: "u", Replicas: 3}, 15 * time.Second},
		"a pin":       {Config{URL: "u", Replicas: 3, Pin: time.Second, Partitions: 1024}, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := row.config.withDefaults()
			if err != nil {
				t.Fatal(err)
			}
			if c.Pin != row.pin {
				t.Errorf("Pin is %s, want %s", c.Pin, row.pin)
			}
			if c.Name != "parley" || c.MaxBytes != 1<<30 || c.MaxEvents != -1 || c.DeadAge != 720*time.Hour ||
				c.DeadBytes != 256<<20 || c.PerLane != 256 || c.Crashes != 4 || c.Reserve != 64<<20 {
				t.Errorf("the defaults are %+v", c)
			}
		})
	}
}

// A direct read sees all that was written only where there is one replica. No stream remembers IDs of messages for
// longer than it must: a start would read them all.
func TestStreamsOfADirectoryAndOfACluster(t *testing.T) {
	for name, row := range map[string]struct {
		config Config
		direct bool
	}{
		"a directory": {Config{Dir: "d", Replicas: 1}, true},
		"a server":    {Config{URL: "u", Replicas: 1}, true},
		"a cluster":   {Config{URL: "u", Replicas: 3}, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, stream := range row.config.configs() {
				if stream.Duplicates != 100*time.Millisecond {
					t.Errorf("%s remembers IDs for %s", stream.Name, stream.Duplicates)
				}
				records := strings.HasSuffix(stream.Name, "-records")
				if want := row.direct && records; stream.AllowDirect != want {
					t.Errorf("AllowDirect of %s is %t, want %t", stream.Name, stream.AllowDirect, want)
				}
			}
		})
	}
}
