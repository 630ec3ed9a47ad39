// Package bot answers events.
package bot
