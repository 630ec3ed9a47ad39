//go:build linux

package faults_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send/sendtest"
)

// The habits of Meta: how many deliver at the same time, how long a delivery may take, and which share of
// the messages is delivered again.
const (
	publishers    = 64
	patience      = 20 * time.Second
	repeatedShare = 0.2
	mostInBody    = 3
)

// publisher delivers what some of the people write: a person's next message only after the one before was
// answered 200.
type publisher struct {
	meta   *meta
	front  func(*rand.Rand) string // the address of a worker that is up; empty: none is
	client *http.Client
	random *rand.Rand
	people []*someone
}

// publish delivers everything that people write, and returns what waits for that.
func (m *meta) publish(ctx context.Context, seed uint64, front func(*rand.Rand) string) (wait func()) {
	transport := &http.Transport{MaxIdleConnsPerHost: publishers}
	client := &http.Client{Transport: transport, Timeout: patience}
	var working sync.WaitGroup
	for i := range publishers {
		p := &publisher{
			meta: m, front: front, client: client, random: rand.New(rand.NewPCG(seed, uint64(i))),
		}
		for person := i; person < len(m.people); person += publishers {
			if m.people[person].next < len(m.people[person].said) {
				p.people = append(p.people, m.people[person])
			}
		}
		working.Go(func() { p.publish(ctx) })
	}
	return func() {
		working.Wait()
		transport.CloseIdleConnections()
	}
}

// publish delivers until all is delivered, or ctx ends.
func (p *publisher) publish(ctx context.Context) {
	for len(p.people) > 0 {
		if !p.deliver(ctx, p.body()) {
			return
		}
	}
}

// body returns the messages of the next delivery: new ones of some people, and some of those that are
// delivered again. A person's last message is delivered when all their others are.
func (p *publisher) body() []*message {
	var body []*message
	for range 1 + p.random.IntN(mostInBody) {
		if len(p.people) == 0 {
			break
		}
		i := p.random.IntN(len(p.people))
		who := p.people[i]
		if len(who.again) > 0 && p.random.Float64() < 2*repeatedShare {
			body = append(body, who.again[0])
			who.again = who.again[1:]
		}
		one := who.said[who.next]
		who.next++
		if who.next == len(who.said) {
			body = append(body, who.again...)
			who.again = nil
			p.people = slices.Delete(p.people, i, i+1)
		} else if p.random.Float64() < repeatedShare {
			who.again = append(who.again, one)
		}
		body = append(body, one)
	}
	return body
}

// deliver delivers messages until they are answered 200, and reports whether they were.
func (p *publisher) deliver(ctx context.Context, messages []*message) bool {
	items := make([]string, len(messages))
	for i, one := range messages {
		items[i] = one.delivered()
	}
	body := fmt.Appendf(nil, `{"object":"page","entry":[{"id":%q,"time":%d,"messaging":[%s]}]}`,
		page, time.Now().UnixMilli(), strings.Join(items, ","))
	for {
		if addr := p.front(p.random); addr != "" {
			began := time.Now()
			status := p.post(ctx, addr, body)
			if status == http.StatusOK {
				p.meta.accept(messages)
				return true
			}
			p.meta.refuse(status, time.Since(began))
		}
		pause := time.NewTimer(time.Duration(20+p.random.IntN(80)) * time.Millisecond)
		select {
		case <-ctx.Done():
			pause.Stop()
			return false
		case <-pause.C:
		}
	}
}

// post posts a signed body, and returns the status of the answer; 0: there was none.
func (p *publisher) post(ctx context.Context, addr string, body []byte) int {
	url := "http://" + addr + bot.WebhookPath
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0
	}
	request.Header = sendtest.Sign(secret, body)
	answer, err := p.client.Do(request)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body) // the status says it all
	return answer.StatusCode
}
