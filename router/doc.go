// Package router decides which handler answers an event.
package router
