package sendtest

// What one call may moderate. Source: Meta, Page/moderate_conversations reference, 2026.
const (
	moderatedPeople  = 10
	moderatedActions = 2
)

// moderate is POST to the edge moderate_conversations. It changes nothing that another call could see: what
// a person whom the Page has blocked means for a message is not documented.
//
// Source: Meta, Page/moderate_conversations reference, 2026; Instagram, Moderate Conversations, 2026.
func (j *judge) moderate(c *Call) any {
	call := value{"", j.params.values}
	people, actions := call.at("user_ids"), call.at("actions")
	j.require(missingPart, people, actions)
	for _, v := range []value{people, actions} {
		if !v.absent() && len(j.list(v)) == 0 {
			j.refuse(moderatedNone, v.name)
		}
	}
	if len(people.items()) > moderatedPeople {
		j.refuse(moderatedMany, people.name)
	}
	if len(actions.items()) > moderatedActions {
		j.refuse(moderatedMany, actions.name)
	}
	for _, person := range people.items() {
		if !j.object(person) {
			continue
		}
		j.keys(person, "id")
		j.require(missingPart, person.at("id"))
		if id := person.at("id"); !id.absent() && !isID(id.text()) {
			j.refuse(wrongKind, id.name, "a valid ID string")
		}
		j.familiar(person.at("id").text())
		c.Recipient = person.at("id").text()
	}
	if len(people.items()) != 1 {
		c.Recipient = ""
	}
	allowed := []string{"BAN_USER", "BLOCK_USER", "MOVE_TO_SPAM", "UNBAN_USER", "UNBLOCK_USER"}
	if j.data().instagram {
		allowed = []string{"BLOCK_USER", "MOVE_TO_SPAM", "UNBLOCK_USER"}
	}
	for _, action := range actions.items() {
		j.oneOf(enumerated, action, allowed...)
	}
	return succeeded
}
