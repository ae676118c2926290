package guide

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// checkNginx asks nginx whether it would take a server block.
func checkNginx(t *testing.T, text string) error {
	t.Helper()
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		if nginx, err = exec.LookPath("/usr/sbin/nginx"); err != nil {
			t.Log("NGINX WAS NOT ASKED about its configuration: it is not installed")
			return nil
		}
	}
	dir := t.TempDir()
	certificates := regexp.MustCompile(`(?m)^\s*ssl_certificate\w* .*\n`) // of a machine that is not this one
	text = certificates.ReplaceAllString(text, "")
	text = regexp.MustCompile(`listen (\S+) ssl`).ReplaceAllString(text, "listen $1")
	conf := filepath.Join(dir, "nginx.conf")
	whole := fmt.Sprintf("pid %s/pid; error_log %s/error.log;\nevents {}\nhttp {\naccess_log off;\nclient_body_temp_path %s/body; proxy_temp_path %s/proxy; fastcgi_temp_path %s/f; uwsgi_temp_path %s/u; scgi_temp_path %s/s;\n%s\n}\n",
		dir, dir, dir, dir, dir, dir, dir, text)
	if err := os.WriteFile(conf, []byte(whole), 0o600); err != nil {
		return err
	}
	if out, err := exec.Command(nginx, "-t", "-p", dir, "-c", conf).CombinedOutput(); err != nil {
		return fmt.Errorf("nginx -t: %w\n%s", err, out)
	}
	return nil
}

// checkSystemd asks systemd whether it understands a unit.
func checkSystemd(t *testing.T, text string) error {
	t.Helper()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Log("SYSTEMD WAS NOT ASKED about its unit: it is not installed")
		return nil
	}
	// The program, its user and its key are on another machine.
	text = regexp.MustCompile(`(?m)^ExecStart=.*$`).ReplaceAllString(text, "ExecStart=/bin/true")
	unit := filepath.Join(t.TempDir(), "app.service")
	if err := os.WriteFile(unit, []byte(text), 0o600); err != nil {
		return err
	}
	out, err := exec.Command("systemd-analyze", "verify", unit).CombinedOutput()
	if err != nil || strings.Contains(string(out), "app.service:") {
		return fmt.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
	return nil
}
