// Package sendtest fakes the edge /messages of Meta's Graph API, so that a bot can be tested without a
// Page, a network or a mock. What a client sends is judged as Meta judges it and answered in Meta's words.
//
//	func TestGreeting(t *testing.T) {
//		graph := new(sendtest.Graph)
//		greet(graph.Client(), "7100000000000001") // the code under test; any host, any token
//
//		for _, call := range graph.Calls() {
//			if call.Rule != "" {
//				t.Errorf("Meta refuses this: %s", call.Answer)
//			}
//		}
//	}
//
// Over a socket the same Graph is an http.Handler: httptest.NewServer(graph).
//
// A person whom the test has never mentioned has an open messaging window; Graph.Acted says when a person
// last did something, and Graph.Now is the clock that the window is judged by. What a fake cannot know,
// such as limits, permissions and outages, is asked for with Graph.FailNext and Graph.FailWith.
//
// The rules are listed in rules.go and payload_rules.go, each with how sure it is and where it is known
// from. The package imports nothing of send, so that it cannot share its mistakes.
//
// Not judged are: whether personas, reply targets, utility templates and forms exist; who controls the
// thread; whether an address can be fetched. Other edges than /messages and the Page itself are unknown
// paths.
package sendtest
