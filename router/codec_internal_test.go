package router

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// full are frames with something in every field.
func full() frames {
	return frames{
		Wait: &wait{ID: "custom:X", Due: 1_793_610_000_000, Since: -1, Next: 2},
		Stack: []frame{
			{
				Name: "pizza", Version: -3, State: "größe", Data: json.RawMessage(`{"Size":"\u0000"}`),
				Path: []string{"a", "", "b"}, Refused: 4, Offered: []string{"X", "Y"}, Asks: true,
				Given: []given{{State: "a", Text: "Large", Payload: "L"}, {State: "b", Text: "7"}},
				Parts: []kept{
					{State: "c", Frame: frame{
						Name: "n", State: "s", Data: json.RawMessage(`1`), Given: []given{{State: "d", Text: "e"}},
					}},
					{State: "f"},
				},
			},
			{Name: "address", State: "street"},
		},
	}
}

func TestFramesComeBackAsTheyWere(t *testing.T) {
	for name, want := range map[string]frames{
		"full":  full(),
		"least": {Stack: []frame{{Name: "pizza", State: "size"}}},
	} {
		got, err := decodeFrames(want.encode())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, *got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestDamagedFramesAreRefused(t *testing.T) {
	whole := full()
	encoded := whole.encode()
	for n := range encoded {
		if _, err := decodeFrames(encoded[:n]); err == nil {
			t.Errorf("the first %d of %d bytes are taken for frames", n, len(encoded))
		}
	}
	if _, err := decodeFrames(append(encoded, 0)); err == nil {
		t.Error("frames with a byte behind them are taken")
	}
	if _, err := decodeFrames([]byte(`{"stack":[]}`)); err == nil {
		t.Error("frames of another format are taken")
	}
}

func FuzzDecodeFrames(f *testing.F) {
	whole := full()
	f.Add(whole.encode())
	f.Add([]byte{codecFormat, 0, 1})
	f.Fuzz(func(t *testing.T, stored []byte) {
		read, err := decodeFrames(stored)
		if err != nil {
			return
		}
		again, err := decodeFrames(read.encode())
		if err != nil {
			t.Fatalf("what was decoded is encoded as something else: %v", err)
		}
		if diff := cmp.Diff(read, again); diff != "" {
			t.Error(diff)
		}
	})
}
