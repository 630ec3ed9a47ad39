package sendtest

import (
	"net/http"
)

// operation judges a call and, unless that refuses it, carries it out and returns the answer, which is
// encoded as JSON. It has the Graph's lock.
type operation func(j *judge, c *Call) any

// operations are what can be done at a node: by the edge, "" for the node itself, and the method.
type operations map[string]map[string]operation

// nodeKind is what an ID in a path stands for.
type nodeKind int

const (
	unknownNode nodeKind = iota
	rootNode             // no ID: the path is that of an edge of its own
	pageNodes            // a Page, or an Instagram account
	appNodes             // an app
	personNodes
	personaNodes
	labelNodes
	conversationNodes
	messageNodes
)

// kindOf returns what the ID in a path stands for. It needs the lock.
func (j *judge) kindOf(at place) nodeKind {
	switch d := j.data(); {
	case at.node == "":
		return rootNode
	case at.node == "me":
		return pageNodes
	case j.stands(at):
		kind, _ := j.data().thing(at.node)
		return kind
	case j.isApp(at):
		return appNodes
	case at.node == d.id && !d.anyID, j.caller != nil && j.caller.id == at.node:
		return pageNodes
	case d.anyID && isID(at.node):
		return pageNodes
	case j.mayBePerson(at):
		return personNodes
	}
	return unknownNode
}

// operationsOf returns what can be done at a kind of node.
func operationsOf(kind nodeKind) operations { return nodes[kind] }

// onPage is what can be done with a Page.
var onPage = operations{
	"":         {http.MethodGet: (*judge).readNode},
	"messages": {http.MethodPost: (*judge).sendMessage},

	"messenger_profile": {
		http.MethodGet: (*judge).readProfile, http.MethodPost: (*judge).setProfile,
		http.MethodDelete: (*judge).deleteProfile,
	},
	"custom_user_settings": {
		http.MethodGet: (*judge).readPersonMenu, http.MethodPost: (*judge).setPersonMenu,
		http.MethodDelete: (*judge).deletePersonMenu,
	},
	"message_attachments": {http.MethodPost: (*judge).upload},
	"subscribed_apps": {
		http.MethodGet: (*judge).listSubscriptions, http.MethodPost: (*judge).subscribe,
		http.MethodDelete: (*judge).unsubscribe,
	},

	"personas": {
		http.MethodGet: (*judge).listPersonas, http.MethodPost: (*judge).createPersona,
	},
	"unlink_accounts": {http.MethodPost: (*judge).unlinkAccount},
	"custom_labels": {
		http.MethodGet: (*judge).listLabels, http.MethodPost: (*judge).createLabel,
	},
	"moderate_conversations":            {http.MethodPost: (*judge).moderate},
	"pass_thread_control":               {http.MethodPost: (*judge).passControl},
	"take_thread_control":               {http.MethodPost: (*judge).takeControl},
	"request_thread_control":            {http.MethodPost: (*judge).requestControl},
	"release_thread_control":            {http.MethodPost: (*judge).releaseControl},
	"extend_thread_control":             {http.MethodPost: (*judge).extendControl},
	"thread_owner":                      {http.MethodGet: (*judge).readOwner},
	"secondary_receivers":               {http.MethodGet: (*judge).listReceivers},
	"conversations":                     {http.MethodGet: (*judge).listConversations},
	"notification_message_tokens":       {http.MethodGet: (*judge).listTokens},
	"notification_messages_dev_support": {http.MethodPost: (*judge).supportToken},
	"message_templates": {
		http.MethodGet: (*judge).listTemplates, http.MethodPost: (*judge).createTemplate,
		http.MethodDelete: (*judge).deleteTemplate,
	},
}

// onApp is what can be done with an app.
var onApp = operations{
	"subscriptions": {
		http.MethodGet: (*judge).listCallbacks, http.MethodPost: (*judge).setCallback,
		http.MethodDelete: (*judge).deleteCallback,
	},
}

// onRoot is what can be done without naming anything.
var onRoot = operations{
	"message_template_library": {http.MethodGet: (*judge).listLibrary},
}

// onPerson is what can be done with a person.
var onPerson = operations{
	"":              {http.MethodGet: (*judge).readPerson},
	"custom_labels": {http.MethodGet: (*judge).labelsOfPerson},
}

// onPersona is what can be done with a persona.
var onPersona = operations{
	"": {http.MethodGet: (*judge).readPersona, http.MethodDelete: (*judge).deletePersona},
}

// onLabel is what can be done with a label.
var onLabel = operations{
	"":      {http.MethodGet: (*judge).readLabel, http.MethodDelete: (*judge).deleteLabel},
	"label": {http.MethodPost: (*judge).labelPerson, http.MethodDelete: (*judge).unlabelPerson},
}

// onConversation is what can be done with a conversation.
var onConversation = operations{
	"":         {http.MethodGet: (*judge).readConversation},
	"messages": {http.MethodGet: (*judge).listMessages},
}

// onMessage is what can be done with a message of a conversation.
var onMessage = operations{
	"": {http.MethodGet: (*judge).readMessage},
}

// nodes is what can be done at each kind of node.
var nodes = map[nodeKind]operations{
	rootNode: onRoot, pageNodes: onPage, appNodes: onApp, personNodes: onPerson, personaNodes: onPersona,
	labelNodes: onLabel, conversationNodes: onConversation, messageNodes: onMessage,
}

// isEdge reports whether any kind of node has an edge.
func isEdge(edge string) bool {
	for _, can := range nodes {
		if can[edge] != nil {
			return true
		}
	}
	return false
}

// unsupported reports whether a node or an edge does not take a method.
func (j *judge) unsupported(method string, at place) bool {
	known := operationsOf(j.kindOf(at))[at.edge]
	return known != nil && known[method] == nil
}

// sendMessage is POST to the edge messages.
func (j *judge) sendMessage(c *Call) any {
	j.send()
	if j.refused != nil {
		return nil
	}
	return j.graph.accept(j, c)
}
