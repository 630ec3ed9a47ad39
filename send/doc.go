// Package send speaks the Send API of Meta's Messenger Platform.
package send
