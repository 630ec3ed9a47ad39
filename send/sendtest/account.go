package sendtest

import "time"

// Account is one Page of a Graph, or one Instagram account, for a test to say what Meta knows of it. Its
// methods are those of the same name of Graph, which are about the first Page: that of Graph's own fields if
// they are set, else the first of Graph.Pages.
type Account struct {
	graph *Graph
	data  *pageData
}

// Account returns the Page, or the Instagram account, of an ID. It panics if the Graph has none.
func (g *Graph) Account(id string) Account {
	g.mu.Lock()
	defer g.mu.Unlock()
	d := g.pageOf(id)
	if d == nil {
		panic("sendtest: the Graph has no Page or Instagram account " + id)
	}
	return Account{g, d}
}

// Acted says that a person did something at a time that opens the messaging window; see [Graph.Acted]. From
// then on the person is one of this account: a call about them is judged by its rules.
func (a Account) Acted(psid string, at time.Time) {
	a.graph.mu.Lock()
	defer a.graph.mu.Unlock()
	a.data.ownerAt(psid, at) // ends a control that this would make seem longer
	if p := a.data.person(psid); at.After(p.opened) {
		p.opened = at
	}
}

// Block makes a person unavailable until Unblock; see [Graph.Block].
func (a Account) Block(psid string) { a.setBlocked(psid, true) }

// Unblock ends Block.
func (a Account) Unblock(psid string) { a.setBlocked(psid, false) }

func (a Account) setBlocked(psid string, blocked bool) {
	a.graph.mu.Lock()
	defer a.graph.mu.Unlock()
	a.data.person(psid).blocked = blocked
}

// AddAttachment makes an attachment ID known; see [Graph.AddAttachment].
func (a Account) AddAttachment(id, kind string) {
	a.graph.mu.Lock()
	defer a.graph.mu.Unlock()
	a.data.saveAttachment(id, attachment{kind: kind})
}

// AddProduct makes a product of the catalog known; see [Graph.AddProduct].
func (a Account) AddProduct(id string) {
	a.graph.mu.Lock()
	defer a.graph.mu.Unlock()
	if a.data.products == nil {
		a.data.products = map[string]bool{}
	}
	a.data.products[id] = true
}

// Change changes what Meta knows of the account; see [Graph.Change].
func (a Account) Change(f func(*State)) {
	a.graph.mu.Lock()
	defer a.graph.mu.Unlock()
	f(&a.data.state)
}
