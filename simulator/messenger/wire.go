package messenger

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Meta still sends the legacy header X-Hub-Signature: sha1=…
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"net/http"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// envelope is the body of a webhook POST. The order of the fields is the order on the wire.
type envelope struct {
	Object string      `json:"object"`
	Entry  []wireEntry `json:"entry"`
}

type wireEntry struct {
	ID        string `json:"id"`
	Time      int64  `json:"time"` // milliseconds
	Messaging []any  `json:"messaging,omitempty"`
	Standby   []any  `json:"standby,omitempty"` // of a thread that another app controls
}

type wireItem struct {
	Sender    wireID        `json:"sender"`
	Recipient wireID        `json:"recipient"`
	Timestamp int64         `json:"timestamp"` // milliseconds
	Message   *wireMessage  `json:"message,omitempty"`
	Postback  *wirePostback `json:"postback,omitempty"`
}

type wireID struct {
	ID string `json:"id"`
}

type wireMessage struct {
	IsEcho     bool            `json:"is_echo,omitempty"`
	AppID      int64           `json:"app_id,omitempty"`
	MID        string          `json:"mid"`
	Text       string          `json:"text"`
	QuickReply *wireQuickReply `json:"quick_reply,omitempty"`
	Commands   []wireCommand   `json:"commands,omitempty"`
}

type wireCommand struct {
	Name string `json:"name"`
}

type wireQuickReply struct {
	Payload string `json:"payload"`
}

type wirePostback struct {
	MID     string `json:"mid"`
	Title   string `json:"title"`
	Payload string `json:"payload,omitempty"` // none on standby
}

// kind names the event of the item as the inspector shows it.
func (i wireItem) kind() string {
	switch {
	case i.Postback != nil:
		return "postback"
	case i.isEcho():
		return "echo"
	case i.Message != nil && i.Message.QuickReply != nil:
		return "quick reply"
	default:
		return "message"
	}
}

// isEcho reports whether the Page has sent the message in the item.
func (i wireItem) isEcho() bool { return i.Message != nil && i.Message.IsEcho }

// mid returns the ID of the message or postback in the item.
func (i wireItem) mid() string {
	if i.Postback != nil {
		return i.Postback.MID
	}
	return i.Message.MID
}

// encode returns the body that Meta would post for one item, a wireItem or its like, sent at the time at;
// standby: to an app that only listens.
func encode(page string, at time.Time, item any, standby bool) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	one := wireEntry{ID: page, Time: at.UnixMilli()}
	if standby {
		one.Standby = []any{item}
	} else {
		one.Messaging = []any{item}
	}
	if err := enc.Encode(envelope{Object: "page", Entry: []wireEntry{one}}); err != nil {
		return nil, fmt.Errorf("messenger: encode webhook: %w", err)
	}
	return escape(bytes.TrimRight(buf.Bytes(), "\n")), nil
}

// escape writes JSON the way Meta does: ASCII only, \uXXXX in lower case with surrogate pairs, and escapes
// for '/', '<', '%' and '@'. None of what it replaces can stand outside a string, so it needs no parser.
//
// Source: Meta, webhooks (2026), and the older text of the page quoted in Charca/bootbot#174.
func escape(doc []byte) []byte {
	out := make([]byte, 0, len(doc)+len(doc)/4)
	for len(doc) > 0 {
		r, size := utf8.DecodeRune(doc)
		doc = doc[size:]
		switch {
		case r == '/':
			out = append(out, `\/`...)
		case r == '<':
			out = append(out, `\u003C`...)
		case r == '%' || r == '@':
			out = fmt.Appendf(out, `\u%04x`, r)
		case r < utf8.RuneSelf:
			out = utf8.AppendRune(out, r)
		default:
			for _, unit := range utf16.AppendRune(nil, r) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
		}
	}
	return out
}

// sign sets both signature headers over the bytes of body: HMAC with the app secret as its key.
//
// Source: Meta, webhooks (2026).
func sign(h http.Header, secret string, body []byte) {
	h.Set("X-Hub-Signature", "sha1="+mac(sha1.New, secret, body))
	h.Set("X-Hub-Signature-256", "sha256="+mac(sha256.New, secret, body))
}

func mac(algorithm func() hash.Hash, secret string, body []byte) string {
	sum := hmac.New(algorithm, []byte(secret))
	sum.Write(body)
	return hex.EncodeToString(sum.Sum(nil))
}
