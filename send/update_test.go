package send_test

import "flag"

// update writes what tests compare with anew.
var update = flag.Bool("update", false, "write the goldens and the table of errors anew")
