// Package webhook hears the Messenger Platform.
package webhook
