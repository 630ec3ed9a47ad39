package durable

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	// sizesName is the file that says how large each block was when the directory was left in order.
	sizesName = "stopped.json"
	// damagedName is the directory that damaged blocks are copied to before they are mended.
	damagedName = "damaged"
)

// block is one file of stored events, records, dead letters or claims.
type block struct {
	path   string
	stream string
	index  int
	newest bool // of its stream
}

// blocksOf returns the blocks of the store in cfg.Dir. Streams of others are left alone, and so is what an
// operator had encrypted.
func blocksOf(cfg *Config) ([]block, error) {
	pattern := filepath.Join(escaped(cfg.Dir), "jetstream", "*", "streams", "*", "msgs", "*.blk")
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return nil, fmt.Errorf("durable: look for damage: %w", err)
	}
	n := names{prefix: cfg.Name}
	var blocks []block
	newest := make(map[string]int)
	for _, path := range paths {
		index, err := strconv.Atoi(strings.TrimSuffix(filepath.Base(path), ".blk"))
		if err != nil {
			continue
		}
		stream := filepath.Base(filepath.Dir(filepath.Dir(path)))
		if !n.owns(stream) || isEncrypted(path) {
			continue
		}
		newest[stream] = max(newest[stream], index)
		blocks = append(blocks, block{path: path, stream: stream, index: index})
	}
	for i := range blocks {
		blocks[i].newest = blocks[i].index == newest[blocks[i].stream]
	}
	return blocks, nil
}

// isEncrypted reports whether nats-server keeps a key for a block.
func isEncrypted(path string) bool {
	_, err := os.Stat(strings.TrimSuffix(path, ".blk") + ".key")
	return err == nil
}

// escaped returns a path as a pattern that matches nothing else.
func escaped(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// mend looks for damage in the blocks of cfg.Dir before a server reads them, and reports all of it as errors
// of the log. nats-server cuts a block at its first damaged record; mend takes out the damaged ones alone and
// keeps a copy of the block as it was. version is that of the server.
func mend(cfg *Config, version string) error {
	sizes, clean := takeSizes(cfg.Dir)
	if !readsBlocks(version) {
		cfg.Log.Warn().Str("version", version).
			Msg("durable: damage is not looked for: this version of Parley does not know the files of " +
				"this version of nats-server")
		return nil
	}
	blocks, err := blocksOf(cfg)
	if err != nil {
		return err
	}
	for _, b := range blocks {
		if err := b.mend(cfg, clean); err != nil {
			return fmt.Errorf("durable: look for damage in the store of %s: %w", cfg.Dir, err)
		}
		b.compare(cfg, sizes)
		delete(sizes, b.name(cfg.Dir))
	}
	for name, size := range sizes {
		if _, err := os.Stat(filepath.Join(cfg.Dir, name)); err == nil {
			continue // of a store with another name
		}
		cfg.Log.Error().Str("file", name).Int64("bytes", size).
			Msg("durable: a file of the store is missing: what it held is lost: " +
				"restore a backup if you have one")
	}
	return nil
}

// name returns what the file is called in the note of sizes.
func (b *block) name(dir string) string {
	name, err := filepath.Rel(dir, b.path)
	if err != nil {
		return b.path
	}
	return name
}

// compare reports a file that is not as long as when the directory was left.
func (b *block) compare(cfg *Config, sizes map[string]int64) {
	was, known := sizes[b.name(cfg.Dir)]
	info, err := os.Stat(b.path)
	if !known || err != nil || info.Size() == was {
		return
	}
	cfg.Log.Error().Str("stream", b.stream).Int("block", b.index).Int64("was", was).Int64("is", info.Size()).
		Msg("durable: a file of the store has another length than when the store was closed: " +
			"what is missing is lost: restore a backup if you have one")
}

// mend takes damaged records out of a block.
func (b *block) mend(cfg *Config, clean bool) error {
	stored, err := os.ReadFile(b.path)
	if err != nil {
		return err
	}
	sum, err := newBlockHash(b.stream, b.index)
	if err != nil || isCompressed(stored) {
		return err
	}
	state := readBlock(stored, sum)
	switch {
	case state.gaps == 0:
		return nil
	case state.torn && b.newest && !clean: // nats-server cuts it off
		cfg.Log.Warn().Str("stream", b.stream).Int("block", b.index).Int("bytes", state.lost).
			Msg("durable: the process or the machine died while it wrote: the unfinished write is dropped")
		return nil
	}
	kept, err := b.copyTo(filepath.Join(cfg.Dir, damagedName), stored)
	if err != nil {
		return err
	}
	cfg.Log.Error().Str("stream", b.stream).Int("block", b.index).Int("places", state.gaps).
		Int("bytes", state.lost).Str("copy", kept).
		Msg("durable: a file of the store is damaged: the damaged entries are lost, " +
			"or stand as they were before: restore a backup if you have one")
	return b.replace(state.whole)
}

// copyTo keeps what the file holds in a new file of dir, and returns its path.
func (b *block) copyTo(dir string, stored []byte) (path string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		path = filepath.Join(dir, fmt.Sprintf("%s-%d-%d.blk", b.stream, b.index, n))
		const fresh = os.O_CREATE | os.O_EXCL | os.O_WRONLY
		f, err := os.OpenFile(path, fresh, 0o600) //nolint:gosec // it is the developer's directory
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		return path, errors.Join(fill(f, stored), f.Close())
	}
}

// replace writes the block anew, and has the server find out by itself what is in it.
func (b *block) replace(whole []byte) error {
	index := filepath.Join(filepath.Dir(b.path), "index.db")
	if err := os.Remove(index); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(whole) == 0 {
		defer syncDir(filepath.Dir(b.path))
		return os.Remove(b.path)
	}
	return writeFile(b.path, whole)
}

// noteSizes notes how large each block is, so that the next start can tell what was cut off. It is called
// when nothing writes any more.
func noteSizes(cfg *Config) {
	blocks, err := blocksOf(cfg)
	sizes := make(map[string]int64, len(blocks))
	for _, b := range blocks {
		info, statErr := os.Stat(b.path)
		if statErr != nil {
			err = errors.Join(err, statErr)
			continue
		}
		sizes[b.name(cfg.Dir)] = info.Size()
	}
	written, jsonErr := json.Marshal(sizes)
	if err = errors.Join(err, jsonErr); err == nil {
		err = writeFile(filepath.Join(cfg.Dir, sizesName), written)
	}
	if err != nil {
		cfg.Log.Warn().Err(err).
			Msg("durable: no note of how the store was left: the next start sees less damage")
	}
}

// takeSizes reads and removes the note of sizes; false: the directory was not left in order.
func takeSizes(dir string) (sizes map[string]int64, clean bool) {
	path := filepath.Join(dir, sizesName)
	written, err := os.ReadFile(path) //nolint:gosec // it is the developer's directory
	if err != nil {
		return nil, false
	}
	_ = os.Remove(path)
	syncDir(dir) // the note must not come back after a loss of power
	if err := json.Unmarshal(written, &sizes); err != nil {
		return nil, false
	}
	return sizes, true
}

// writeFile puts a file in the place of another one, whole or not at all.
func writeFile(path string, content []byte) error {
	const anew = os.O_CREATE | os.O_TRUNC | os.O_WRONLY
	f, err := os.OpenFile(path+".new", anew, 0o600) //nolint:gosec // it is the developer's directory
	if err != nil {
		return err
	}
	if err := errors.Join(fill(f, content), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path+".new"))
	}
	defer syncDir(filepath.Dir(path))
	return os.Rename(path+".new", path)
}

// syncDir waits until the names in a directory are on the disk, where a system can tell.
func syncDir(dir string) {
	d, err := os.Open(dir) //nolint:gosec // it is the developer's directory
	if err != nil {
		return
	}
	_ = d.Sync()
	_ = d.Close()
}

// fill writes a file and waits until it is on the disk.
func fill(f *os.File, content []byte) error {
	_, err := f.Write(content)
	return errors.Join(err, f.Sync())
}
