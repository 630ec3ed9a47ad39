package bot

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLogFormat(t *testing.T) {
	for format, want := range map[string]string{
		"json": `"message":"said"`, "console": "INF", "": `"message":"said"`, // a file is no terminal
	} {
		t.Run(format, func(t *testing.T) {
			stderr, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
			if err != nil {
				t.Fatal(err)
			}
			defer stderr.Close()
			cfg := fromEnv(func(name string) string { return map[string]string{"LOG_FORMAT": format}[name] }, stderr)
			cfg.Log.Info().Msg("said")
			cfg.Log.Debug().Msg("whispered")
			got, err := os.ReadFile(stderr.Name())
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(got), want) || strings.Contains(string(got), "whispered") {
				t.Errorf("log %q, want %q in it and nothing below info", got, want)
			}
		})
	}
}
