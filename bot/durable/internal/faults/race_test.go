//go:build linux && race

package faults_test

// raced says that the race detector is on, which makes everything several times as slow.
const raced = true
