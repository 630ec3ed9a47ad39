package router_test

import (
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/webhook"
)

func TestMiddlewareOfRouterAndGroups(t *testing.T) {
	var j journal
	r := router.New()
	r.Text("early", j.noting("early"))
	r.Use(j.around("1"), j.around("2"))
	group := r.Group(j.around("group 1"))
	group.Text("grouped early", j.noting("grouped early"))
	group.Use(j.around("group 2"))
	inner := group.Group(j.around("inner"))
	inner.Payload("INNER", j.noting("inner"))
	other := r.Group(j.around("other"))
	router.On(other, func(*bot.Context, *webhook.Reaction) error { j.note("reaction"); return nil })
	r.Text("late", j.noting("late"))
	r.Use(j.around("3"))
	s := serve(t, r)

	s.mustDeliver(t, text("m_1", "early"))
	j.want(t, "1 in", "2 in", "3 in", "early", "3 out", "2 out", "1 out")
	s.mustDeliver(t, text("m_2", "late"))
	j.want(t, "1 in", "2 in", "3 in", "late", "3 out", "2 out", "1 out")
	s.mustDeliver(t, text("m_3", "grouped early"))
	j.want(t, "1 in", "2 in", "3 in", "group 1 in", "group 2 in", "grouped early",
		"group 2 out", "group 1 out", "3 out", "2 out", "1 out")
	s.mustDeliver(t, postback("m_4", "?", "INNER"))
	j.want(t, "1 in", "2 in", "3 in", "group 1 in", "group 2 in", "inner in", "inner",
		"inner out", "group 2 out", "group 1 out", "3 out", "2 out", "1 out")
	s.mustDeliver(t, reaction)
	j.want(t, "1 in", "2 in", "3 in", "other in", "reaction", "other out", "3 out", "2 out", "1 out")
	s.mustDeliver(t, text("m_5", "without a route"))
	j.want(t, "1 in", "2 in", "3 in", "3 out", "2 out", "1 out")
}

// Groups of one router have nothing of each other's middleware, whatever its slices share.
func TestGroupsKeepTheirMiddlewareApart(t *testing.T) {
	var j journal
	shared := make([]bot.Middleware, 0, 8)
	shared = append(shared, j.around("shared"))
	r := router.New()
	a, b := r.Group(shared...), r.Group(shared...)
	a.Use(j.around("a"))
	b.Use(j.around("b"))
	a.Text("a", j.noting("in a"))
	b.Text("b", j.noting("in b"))
	s := serve(t, r)
	s.mustDeliver(t, text("m_1", "a"))
	j.want(t, "shared in", "a in", "in a", "a out", "shared out")
	s.mustDeliver(t, text("m_2", "b"))
	j.want(t, "shared in", "b in", "in b", "b out", "shared out")
}

// A group is a handler too: that of its whole router.
func TestGroupHandlesAsItsRouter(t *testing.T) {
	var j journal
	r := router.New()
	r.Use(j.around("router"))
	r.Text("hello", j.noting("hello"))
	group := r.Group(j.around("group"))
	s := serve(t, group)
	s.mustDeliver(t, text("m_1", "hello"))
	j.want(t, "router in", "hello", "router out")
}

func TestMiddlewareSeesParamsAndMayAnswerInstead(t *testing.T) {
	var j journal
	r := router.New()
	r.Use(func(next bot.Handler) bot.Handler {
		return bot.HandlerFunc(func(c *bot.Context) error {
			if c.Param("sku") == "42" {
				return c.Text("sold out")
			}
			return next.Handle(c)
		})
	})
	r.Payload("ADD:{sku}", j.noting("add", "sku"))
	s := serve(t, r)
	s.mustDeliver(t, postback("m_1", "?", "ADD:42"))
	j.want(t)
	if sent := s.sent(); len(sent) != 1 || sent[0] != "sold out" {
		t.Errorf("sent %q, want sold out", sent)
	}
	s.mustDeliver(t, postback("m_2", "?", "ADD:43"))
	j.want(t, "add sku=43")
}
