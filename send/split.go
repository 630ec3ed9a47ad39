package send

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// SplitText cuts text into pieces that each fit into one message on channel: at words, in order, and without
// losing anything but the white space at the cuts. A word that is longer than a message is cut between two
// characters as people see them. A text that fits is one piece, as it is; an empty one is none, and so is a
// text over the limit that is nothing but white space.
//
// The limit of Messenger is 2,000 characters, and Meta does not say how it counts them: pieces have at most
// 2,000 UTF-16 units, and never more code points than that. The limit of Instagram is 1,000 bytes.
//
// Source: Meta, Send API v25.0, 2026; Instagram, Send a Message, 2026.
func SplitText(channel Channel, text string) []string {
	var pieces []string
	for text != "" {
		end := prefix(channel, text)
		if end == len(text) {
			return append(pieces, text)
		}
		cut := end
		if next, _ := utf8.DecodeRuneInString(text[end:]); !blank(next) {
			if space := strings.LastIndexFunc(text[:end], blank); space >= 0 {
				cut = space
			} else {
				cut = seam(text, end)
			}
		}
		if piece := strings.TrimRightFunc(text[:cut], blank); piece != "" {
			pieces = append(pieces, piece)
		}
		text = strings.TrimLeftFunc(text[cut:], blank)
	}
	return pieces
}

// prefix returns how many bytes of text fit into one message.
func prefix(channel Channel, text string) int {
	size := 0
	for i, r := range text {
		switch {
		case channel == Instagram:
			size += utf8.RuneLen(r)
		case r > 0xFFFF:
			size += 2 // a surrogate pair
		default:
			size++
		}
		if channel == Instagram && size > MaxTextInstagram || channel != Instagram && size > MaxText {
			return i
		}
	}
	return len(text)
}

// blank reports whether text may be cut at r: at white space, but not at that which holds words together.
func blank(r rune) bool {
	const noBreak, figure, narrow = '\u00A0', '\u2007', '\u202F'
	return unicode.IsSpace(r) && r != noBreak && r != figure && r != narrow
}

// seam returns the last place in text, at end or before it, that is between two characters as people see
// them; end if there is none.
func seam(text string, end int) int {
	for at := end; at > 0; {
		if !joined(text, at) {
			return at
		}
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
	}
	return end
}

// joined reports whether what is before and after text[at] is one character as people see it. It knows of
// Unicode's rules (UAX #29) what matters in messages: marks, emoji and flags, Hangul.
func joined(text string, at int) bool {
	const joiner = '\u200D'
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	after, _ := utf8.DecodeRuneInString(text[at:])
	switch {
	case before == joiner, after == joiner, unicode.Is(unicode.M, after), skinTone(after), tagLetter(after):
		return true
	case flagHalf(before) && flagHalf(after):
		halves := 0
		for rest := text[:at]; rest != ""; halves++ {
			r, size := utf8.DecodeLastRuneInString(rest)
			if !flagHalf(r) {
				break
			}
			rest = rest[:len(rest)-size]
		}
		return halves%2 == 1
	}
	return hangul(before, after)
}

// skinTone reports whether r colors the emoji before it.
func skinTone(r rune) bool { return 0x1F3FB <= r && r <= 0x1F3FF }

// tagLetter reports whether r belongs to the emoji before it, such as the flag of Scotland.
func tagLetter(r rune) bool { return 0xE0020 <= r && r <= 0xE007F }

// flagHalf reports whether r is one of the two letters that make a flag.
func flagHalf(r rune) bool { return 0x1F1E6 <= r && r <= 0x1F1FF }

// hangul reports whether two letters belong to one syllable: leading consonant, vowel, trailing consonant.
func hangul(before, after rune) bool {
	leading := func(r rune) bool { return 0x1100 <= r && r <= 0x115F }
	vowel := func(r rune) bool { return 0x1160 <= r && r <= 0x11A7 }
	trailing := func(r rune) bool { return 0x11A8 <= r && r <= 0x11FF }
	syllable := func(r rune) bool { return 0xAC00 <= r && r <= 0xD7A3 }
	switch {
	case leading(before):
		return leading(after) || vowel(after) || syllable(after)
	case vowel(before), syllable(before):
		return vowel(after) || trailing(after)
	}
	return trailing(before) && trailing(after)
}
