package send_test

import (
	"syscall"
	"testing"
)

func cpuNow() int64 {
	var u syscall.Rusage
	syscall.Getrusage(0, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}

func BenchmarkCPUSend(b *testing.B) {
	t := cpuNow()
	BenchmarkSend(b)
	b.ReportMetric(float64(cpuNow()-t)/float64(b.N), "cpu-ns/op")
}
func BenchmarkCPUHand(b *testing.B) {
	t := cpuNow()
	BenchmarkHandWritten(b)
	b.ReportMetric(float64(cpuNow()-t)/float64(b.N), "cpu-ns/op")
}
