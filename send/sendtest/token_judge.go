package sendtest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// token judges token and proof, and whether the Page in the path is theirs.
func (j *judge) token(method string, at place) {
	token := j.params.token
	switch {
	case token == "" && at.node == "me":
		j.refuse(noTokenMe)
	case token == "":
		j.refuse(noToken)
	case j.caller == nil || !j.caller.servedAt(j.host):
		j.refuse(badToken)
	default:
		j.validToken(method, at)
	}
}

// validToken judges the state of a token that is somebody's, its proof, and what it is used for.
func (j *judge) validToken(method string, at place) {
	state, proof, secret := &j.caller.state, j.params.proof, j.caller.secret
	switch {
	case !state.TokenExpires.IsZero() && !j.now.Before(state.TokenExpires):
		j.refuse(tokenExpired, state.TokenExpires.In(pacific).Format(time.RFC850))
	case state.TokenRevoked:
		j.refuse(tokenRevoked)
	case proof == "" && j.graph.RequireProof:
		j.refuse(noProof)
	case proof != "" && secret != "" && !validProof(secret, j.params.token, proof):
		j.refuse(badProof)
	case operationsOf(j.kindOf(at))[at.edge] == nil:
		j.refuse(otherPage, strings.ToLower(method), at.node)
	default:
		j.messaging(at)
	}
}

// messaging judges the permission that all calls need but those to an app, and those that read the Page or a
// person, of whom nothing is told then.
func (j *judge) messaging(at place) {
	switch kind := j.kindOf(at); {
	case kind == appNodes:
	case at.edge != "":
		j.permission("pages_messaging")
		j.platform(at)
	case kind != pageNodes && kind != personNodes:
		j.permission("pages_messaging")
	}
}

// platform judges the parameter of that name, which messages do not have.
//
// Source: Meta, Messenger Profile on Instagram; Instagram, Upload an Attachment, 2026.
func (j *judge) platform(at place) {
	platform := value{"", j.params.values}.at("platform")
	if at.edge == "messages" {
		return
	}
	j.oneOfFold(enumerated, platform, "messenger", instagram)
	if platform.word() == instagram && !j.data().instagram {
		j.refuse(notLinked)
	}
}

// pacific is the time zone in which Meta tells when a token expired.
var pacific = time.FixedZone("PST", -8*60*60)

// permission refuses a token without a permission.
func (j *judge) permission(name string) {
	has := j.data().state.Permissions
	if has != nil && !j.data().instagram && !slices.Contains(has, name) {
		j.refuse(notPermitted, name)
	}
}

// validProof checks an appsecret_proof. Source: Meta, Securing Graph API Requests, 2026.
func validProof(secret, token, proof string) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(token))
	return hmac.Equal([]byte(hex.EncodeToString(mac.Sum(nil))), []byte(proof))
}
