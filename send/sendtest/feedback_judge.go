package sendtest

import (
	"math"
	"strings"
	"unicode/utf8"
)

// Limits of the customer feedback and information templates. Source: Meta, Customer Feedback Template,
// Customer Information Template, 2026.
const (
	feedbackTitleLimit  = 65
	questionIDLimit     = 80
	questionTitleFewest = 5
	questionTitleMost   = 85
	placeholderLimit    = 65
)

// feedback judges a customer feedback template: one screen with one question.
func (j *judge) feedback(p value) {
	j.keys(p, "template_type", "title", "subtitle", "button_title", "feedback_screens", "business_privacy",
		"expires_in_days")
	j.feedbackText(p.at("title"), feedbackTitleLimit)
	j.feedbackText(p.at("subtitle"), elementTitleLimit)
	j.feedbackText(p.at("button_title"), titleLimit)
	j.privacy(p.at("business_privacy"))
	screens := j.list(p.at("feedback_screens"))
	if len(screens) != 1 {
		j.refuse(feedbackBad, "A customer feedback template has exactly one screen")
	}
	for _, screen := range screens {
		j.keys(screen, "questions")
		questions := j.list(screen.at("questions"))
		if len(questions) != 1 {
			j.refuse(feedbackBad, "A customer feedback screen has exactly one question")
		}
		for _, question := range questions {
			j.question(question)
		}
	}
	j.lifetime(feedbackBad, p.at("expires_in_days"))
}

// feedbackText judges a required text without a link.
func (j *judge) feedbackText(text value, limit int) {
	j.require(templatePart, text)
	j.most(feedbackLong, text, limit)
	if s := text.word(); strings.Contains(s, "http://") || strings.Contains(s, "https://") {
		j.refuse(feedbackBad, "Param "+text.name+" must not contain a URL")
	}
}

func (j *judge) question(q value) {
	j.keys(q, "id", "type", "title", "score_label", "score_option", "follow_up")
	j.require(templatePart, q.at("id"), q.at("type"))
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
	if id := q.at("id").text(); strings.Trim(id, letters) != "" {
		j.refuse(feedbackBad, "The id of a question consists of letters, digits and underscores")
	}
	j.most(feedbackLong, q.at("id"), questionIDLimit)
	j.oneOfFold(enumerated, q.at("type"), "csat", "nps", "ces", "free_form")
	title := q.at("title")
	j.most(feedbackLong, title, questionTitleMost)
	if !title.absent() && utf8.RuneCountInString(title.text()) < questionTitleFewest {
		j.refuse(feedbackBad, "The title of a question has at least 5 characters")
	}
	j.oneOfFold(enumerated, q.at("score_label"),
		"neg_pos", "hard_easy", "dis_sat", "unlike_like", "poor_great", "none")
	j.scoreOption(q.at("type").word(), q.at("score_option"))
	follow := q.at("follow_up")
	if j.object(follow) {
		j.keys(follow, "type", "placeholder")
		j.oneOfFold(enumerated, follow.at("type"), "free_form")
		j.most(feedbackLong, follow.at("placeholder"), placeholderLimit)
	}
}

// scoreOption judges the scale of a question. Of ces Meta's page prints two.
func (j *judge) scoreOption(kind string, option value) {
	switch kind {
	case "csat":
		j.oneOfFold(feedbackScale, option, "one_to_five", "five_stars", "five_emojis")
	case "nps":
		j.oneOfFold(feedbackScale, option, "zero_to_ten")
	case "ces":
		j.oneOfFold(feedbackScale, option, "one_to_seven", "1_to_5")
	}
}

// privacy judges the required link to the business's privacy policy.
func (j *judge) privacy(p value) {
	j.require(templatePart, p)
	if j.object(p) {
		j.keys(p, "url")
		j.require(templatePart, p.at("url"))
	}
}

// lifetime judges after how many days a form expires.
func (j *judge) lifetime(r rule, days value) {
	n, ok := days.number()
	if !days.absent() && (!ok || n != math.Trunc(n) || n < 1 || n > longestLifeDays) {
		j.refuse(r, "Param "+days.name+" must be between 1 and 7")
	}
}

// information judges a customer information template.
func (j *judge) information(p value) {
	j.keys(p, "template_type", "business_privacy", "countries", "address_overrides", "contact_overrides",
		"expires_in_days", "purpose")
	j.privacy(p.at("business_privacy"))
	j.list(p.at("countries"))
	j.lifetime(informationBad, p.at("expires_in_days"))
	j.oneOfFold(enumerated, p.at("purpose"), "shipping")
}
