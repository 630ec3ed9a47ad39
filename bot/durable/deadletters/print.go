package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/webhook"
)

// mostListed is how many characters of a cause a table shows.
const mostListed = 100

// printTable prints dead letters, one on a line.
func printTable(out io.Writer, letters []bot.DeadLetter) error {
	if len(letters) == 0 {
		_, err := fmt.Fprintln(out, "no dead letters")
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "TIME\tATTEMPTS\tID\tCAUSE") // Flush returns the error
	for i := range letters {
		d := &letters[i]
		cause := []rune(line(d.Cause))
		if len(cause) > mostListed {
			cause = append(cause[:mostListed-1], '…')
		}
		_, _ = fmt.Fprintf(table, "%s\t%d\t%s\t%s\n", at(d.Time), d.Attempts, line(d.ID), string(cause))
	}
	return table.Flush()
}

// listed is a dead letter in the JSON of list.
type listed struct {
	ID       string    `json:"id"`
	Key      string    `json:"key"`
	Time     time.Time `json:"time"`
	Attempts int       `json:"attempts"`
	Cause    string    `json:"cause"`
}

// printJSON prints dead letters, each as a JSON object on a line.
func printJSON(out io.Writer, letters []bot.DeadLetter) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for i := range letters {
		d := &letters[i]
		err := encoder.Encode(listed{
			ID: d.ID, Key: d.Key, Time: d.Time.UTC(), Attempts: d.Attempts, Cause: d.Cause,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// printLetter prints one dead letter with its event.
func printLetter(out io.Writer, d *bot.DeadLetter) error {
	var b strings.Builder
	field := func(name, value string) { fmt.Fprintf(&b, "%-10s%s\n", name+":", value) }
	field("id", line(d.ID))
	field("key", line(d.Key))
	if event, err := webhook.DecodeStored(d.Data); err == nil {
		field("kind", event.Kind())
		field("happened", at(event.From().Time))
	}
	if !d.Due.IsZero() {
		field("due", at(d.Due))
	}
	field("given up", at(d.Time))
	field("attempts", fmt.Sprint(d.Attempts))
	field("cause", line(d.Cause))
	b.WriteString("event:\n")
	var event bytes.Buffer
	if err := json.Indent(&event, d.Data, "", "  "); err != nil {
		fmt.Fprintf(&b, "%q\n", d.Data)
	} else {
		b.WriteString(plain(tokens.ReplaceAllString(event.String(), `$1"…"`)) + "\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// tokens matches the fields of an event that let their reader send to a person, such as
// notification_messages_token.
var tokens = regexp.MustCompile(`("[^"\\]*token"\s*:\s*)"(?:[^"\\]|\\.)*"`)

// at returns a time as it is printed.
func at(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}

// line returns a text on one line, without what could steer a terminal.
func line(text string) string { return plain(strings.ReplaceAll(text, "\n", " ")) }

// plain returns a text without what could steer a terminal, which is written as in JSON.
func plain(text string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.IsPrint(r) || r == '\n' {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}
