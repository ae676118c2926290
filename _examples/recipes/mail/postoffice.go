package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/dewar-go/dewar"
)

// A postOffice sends mails by a server.
type postOffice struct {
	client *mail.Client
	from   string
}

// declareMail declares the settings: Flask-Mail's, but that the connection has TLS unless somebody says otherwise.
func declareMail(app *dewar.App) error {
	return errors.Join(
		app.Config.Declare("MAIL_SERVER", "localhost", "the mail server"),
		app.Config.Declare("MAIL_PORT", 25, "its port"),
		app.Config.Declare("MAIL_USE_TLS", true, "whether the connection is encrypted, by STARTTLS"),
		app.Config.Declare("MAIL_USERNAME", "", "who logs in there"),
		app.Config.Declare("MAIL_PASSWORD", "", "and with what", dewar.Secret()),
		app.Config.Declare("MAIL_DEFAULT_SENDER", "site@example.com", "who mails are from"),
	)
}

func newPostOffice(app *dewar.App) (*postOffice, error) {
	options := []mail.Option{mail.WithPort(app.Config.Int("MAIL_PORT")), mail.WithTimeout(30 * time.Second), mail.WithTLSPolicy(mail.NoTLS)}
	if app.Config.Bool("MAIL_USE_TLS") {
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if name := app.Config.String("MAIL_USERNAME"); name != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(name), mail.WithPassword(app.Config.String("MAIL_PASSWORD")))
	}
	client, err := mail.NewClient(app.Config.String("MAIL_SERVER"), options...)
	if err != nil {
		return nil, fmt.Errorf("config keys MAIL_*: %w", err)
	}
	return &postOffice{client, app.Config.String("MAIL_DEFAULT_SENDER")}, nil
}

// send delivers a mail to the server, which does the rest. Each call has a connection of its own.
func (p *postOffice) send(ctx context.Context, to, subject, text string) error {
	message := mail.NewMsg()
	if err := errors.Join(message.From(p.from), message.To(to)); err != nil {
		return err
	}
	message.Subject(subject)
	message.SetBodyString(mail.TypeTextPlain, text)
	return p.client.DialAndSendWithContext(ctx, message)
}
