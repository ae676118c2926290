package dev

import "time"

// SetLate says how long a program may take to accept requests before something is said.
func (o *Options) SetLate(late time.Duration) { o.late = late }
