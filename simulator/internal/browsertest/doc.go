// Package browsertest drives the simulator's page in a headless Chromium, as a person would use it. It is
// for tests; without a browser on PATH they are skipped. Screenshots go to the folder in the environment
// variable SCREENSHOTS, if there is one.
//
//	tab := browsertest.Open(t, page)
//	tab.Say("hello")
//	tab.Last("page", "echo: hello")
//	tab.Quiet()
package browsertest
