package bot

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
)

// ledger is what the event in hand has sent, so that a handler that runs again sends nothing twice. It
// belongs to the goroutine that handles the event.
type ledger struct {
	event    string
	stored   bool                     // each message goes into the person's record as well
	earlier  map[string]session.Entry // what earlier tries sent, by place
	counts   tally                    // how often this try has sent each message
	sent     []outbound               // what this try has sent
	messages int                      // how many messages this try has composed
	failed   *failure                 // what OnError decided; nil: nothing yet
	waited   bool                     // an echo did not come in within echoWait
	exited   bool                     // the handler is at work, or has ended its goroutine
	heeded   bool                     // what was known of an unreachable person is forgotten
}

// outbound is one message that went out, or may have.
type outbound struct {
	to      *send.Recipient // of the thread, which outlives the event
	message send.Message
	once    string
	place   string // the message's key and its how-manieth occurrence; empty until it is needed
	receipt send.Receipt
	unsure  bool
}

// begin starts a try: what the try before it sent, and what the person's record tells of the event, becomes
// known.
func (l *ledger) begin(record []session.Entry) {
	for _, entry := range record {
		if entry.Event == l.event {
			l.remember(entry)
		}
	}
	var counts tally
	for _, o := range l.sent {
		if o.place == "" {
			o.place = counts.place(&o)
		}
		l.remember(o.entry(l.event))
	}
	l.sent, l.counts, l.messages = nil, nil, 0
}

func (l *ledger) remember(entry session.Entry) {
	if l.earlier == nil {
		l.earlier = make(map[string]session.Entry)
	}
	l.earlier[entry.Key] = entry
}

// lookup counts a message and returns its receipt if an earlier try has sent it. In a first try, as nearly
// all are, the message need not be digested for that.
func (l *ledger) lookup(o *outbound) (send.Receipt, bool) {
	l.messages++
	if o.once != "" {
		for _, sent := range l.sent {
			if sent.once == o.once {
				return sent.receipt, true
			}
		}
	}
	if !l.stored && l.earlier == nil {
		return send.Receipt{}, false
	}
	o.place = l.counts.place(o)
	entry, ok := l.earlier[o.place]
	return send.Receipt{
		RecipientID: send.PSID(entry.Recipient), MessageID: entry.Mid, AttachmentID: entry.Attachment,
	}, ok
}

// tally is how often each message was composed.
type tally map[string]int

// place counts a message and returns its key with its how-manieth occurrence; a named message has but one
// place.
func (t *tally) place(o *outbound) string {
	key := o.key()
	if o.once != "" {
		return key
	}
	if *t == nil {
		*t = make(tally)
	}
	(*t)[key]++
	return key + "#" + strconv.Itoa((*t)[key])
}

// key returns what makes two messages the same: the name given to [Thread.Once], else a digest of the
// recipient and the composed message without its metadata. Of a file it is the name and the size.
func (o *outbound) key() string {
	if o.once != "" {
		return "once:" + o.once
	}
	composed, err := json.Marshal(struct {
		To      *send.Recipient
		Message send.Message
		Files   []file `json:",omitempty"`
	}{o.to, o.message.WithMetadata(""), filesOf(&o.message)})
	if err != nil {
		return "unencodable" // and so never sent
	}
	sum := sha256.Sum256(composed)
	return hex.EncodeToString(sum[:12])
}

// file is what tells one file from another, as far as that is known without reading it.
type file struct {
	Name string
	Size int64
}

// filesOf returns the files that go up with a message.
func filesOf(m *send.Message) []file {
	attachments := m.Attachments
	if m.Attachment != nil {
		attachments = append(slices.Clip(attachments), *m.Attachment)
	}
	var files []file
	for _, a := range attachments {
		if medium, ok := a.Payload.(*send.Media); ok && medium.Source != nil {
			files = append(files, file{medium.Source.Name, medium.Source.Size})
		}
	}
	return files
}

// entry returns o as it is stored.
func (o *outbound) entry(event string) session.Entry {
	return session.Entry{
		Event: event, Key: o.place, Recipient: string(o.receipt.RecipientID), Mid: o.receipt.MessageID,
		Attachment: o.receipt.AttachmentID, Unsure: o.unsure,
	}
}

// metadataPrefix begins the metadata of every message that bot sends without metadata of its own.
const metadataPrefix = "parley:"

// metadata returns what tells the echo of a message from those of others. Where it stands for an entry of the
// ledger, it does so in whatever order a handler that runs again composes its messages.
func (l *ledger) metadata(o *outbound) string {
	if l.stored {
		return metadata(l.event, o.place)
	}
	return metadata(l.event, strconv.Itoa(l.messages))
}

// metadata returns what tells the echo of one message of an event from those of others.
func metadata(event, message string) string {
	text := make([]byte, 0, 128)
	text = append(append(append(text, event...), '#'), message...)
	sum := sha256.Sum256(text)
	text = append(text[:0], metadataPrefix...)
	return string(base64.RawURLEncoding.AppendEncode(text, sum[:12]))
}
