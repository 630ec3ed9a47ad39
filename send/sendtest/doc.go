// Package sendtest fakes Meta's Graph API, so that a bot can be tested without a Page, a network or a mock.
package sendtest
