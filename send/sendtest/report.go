package sendtest

// report is what is told once a call has been answered: the call, or a webhook body that follows it.
type report struct {
	call  Call
	event []byte // nil: call
}

// record numbers and keeps a call, and queues it for OnCall, and what follows it for OnEvent.
func (g *Graph) record(c Call, events [][]byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.count++
	c.N = g.count
	if len(g.calls) < keptCalls {
		g.calls = append(g.calls, c)
	} else {
		g.calls[(g.count-1)%keptCalls] = c
	}
	if g.OnCall != nil {
		g.reports = append(g.reports, report{call: c})
	}
	g.queue(events)
}

// queue queues webhook bodies for OnEvent. It needs the lock.
func (g *Graph) queue(events [][]byte) {
	for _, body := range events {
		g.reports = append(g.reports, report{event: body})
	}
}

// report tells what is queued. Only one goroutine does so at a time, which keeps the order; a nested or
// concurrent caller leaves its call to that one and goes on, so that OnCall may itself call the Graph.
func (g *Graph) report() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.reporting {
		return
	}
	g.reporting = true
	defer func() { g.reporting = false }()
	for len(g.reports) > 0 {
		next := g.reports[0]
		g.reports = g.reports[1:]
		g.tell(next)
	}
}

// tell calls OnCall or OnEvent without the lock, and takes the lock again even if they panic.
func (g *Graph) tell(r report) {
	g.mu.Unlock()
	defer g.mu.Lock()
	if r.event != nil {
		g.OnEvent(r.event)
		return
	}
	g.OnCall(r.call)
}
