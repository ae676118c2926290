package servers

// Proxy
type Proxy struct{ addr string }

// Addr returns
func (p *Proxy) Addr() string { return p.addr }
