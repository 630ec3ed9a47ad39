package durable

import "testing"

func TestNewEnough(t *testing.T) {
	for version, want := range map[string]bool{
		"2.11.0": true, "2.11.0-RC.1": true, "2.15.2": true, "v2.12.1": true, "3.0.0": true, "10.1.0": true, "2.100.0": true,
		"2.10.29": false, "2.9.0": false, "1.20.0": false, "": false, "2": false, "x.y.z": false, "2.x": false,
	} {
		if got := newEnough(version); got != want {
			t.Errorf("newEnough(%q) is %v, want %v", version, got, want)
		}
	}
}
