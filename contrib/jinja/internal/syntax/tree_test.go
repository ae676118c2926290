package syntax_test

import (
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"sort"
	"strings"

	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
)

// A list is a tree as testdata/tree.py writes it.
type list = []any

// body is statements as lists.
func body(statements []syntax.Stmt) list {
	out := list{}
	for _, s := range statements {
		if t, ok := s.(*syntax.Trans); ok {
			out = append(out, trans(t)...)
			continue
		}
		out = append(out, statement(s))
	}
	return out
}

func statement(s syntax.Stmt) list {
	kind := strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", s), "*syntax."))
	line := s.Position().Line
	switch n := s.(type) {
	case *syntax.Text:
		return list{kind, line, n.Data}
	case *syntax.Output:
		return list{kind, expr(n.Expr)}
	case *syntax.For:
		return list{kind, line, expr(n.Target), expr(n.Iter), expr(n.Test), n.Recursive, body(n.Body), body(n.Else)}
	case *syntax.If:
		branches := list{}
		for _, b := range n.Branches {
			branches = append(branches, list{b.Line, expr(b.Test), body(b.Body)})
		}
		return list{kind, line, branches, body(n.Else)}
	case *syntax.Macro:
		return list{kind, line, n.Name, params(n.Params), many(n.Defaults), body(n.Body)}
	case *syntax.CallBlock:
		return list{kind, line, params(n.Params), many(n.Defaults), expr(n.Call), body(n.Body)}
	case *syntax.FilterBlock:
		return list{kind, line, expr(n.Filter), body(n.Body)}
	case *syntax.With:
		return list{kind, line, many(n.Targets), many(n.Values), body(n.Body)}
	case *syntax.Block:
		return list{kind, line, n.Name, n.Scoped, n.Required, body(n.Body)}
	case *syntax.Extends:
		return list{kind, line, expr(n.Template)}
	case *syntax.Include:
		return list{kind, line, expr(n.Template), n.IgnoreMissing, n.WithContext}
	case *syntax.Import:
		return list{kind, line, expr(n.Template), n.Target, n.WithContext}
	case *syntax.FromImport:
		names := list{}
		for _, name := range n.Names {
			names = append(names, list{name.Name, name.Alias})
		}
		return list{kind, line, expr(n.Template), names, n.WithContext}
	case *syntax.Assign:
		return list{kind, expr(n.Target), expr(n.Value)}
	case *syntax.AssignBlock:
		var filter any
		if n.Filter != nil {
			filter = expr(n.Filter)
		}
		return list{kind, line, expr(n.Target), filter, body(n.Body)}
	case *syntax.Autoescape:
		return list{kind, line, expr(n.Value), body(n.Body)}
	case *syntax.Do:
		return list{kind, line, expr(n.Expr)}
	default:
		return list{kind, line}
	}
}

// trans is what Jinja makes of a trans tag: a call of a gettext function, and before it an assignment if the first variable is a call.
func trans(t *syntax.Trans) list {
	out := list{}
	function, args, named := "gettext", list{}, list{}
	var count any
	for i, v := range t.Variables {
		value := expr(v.Value)
		if call, ok := v.Value.(*syntax.Call); i == 0 && ok {
			out = append(out, list{"assign", list{"name", "_trans"}, expr(call)})
			value = list{"name", "_trans"}
		}
		if v.Name == t.Count {
			count = value
		}
		if v.Name != "num" || t.Count != "num" || !t.HasPlural {
			named = append(named, list{v.Name, value})
		}
	}
	if t.HasContext {
		function, args = "p"+function, append(args, list{"const", t.Context})
	}
	args = append(args, list{"const", t.Singular})
	if t.HasPlural {
		function, args = "n"+function, append(args, list{"const", t.Plural}, count)
	}
	sort.Slice(named, func(i, j int) bool { return named[i].(list)[0].(string) < named[j].(list)[0].(string) })
	return append(out, list{"output", list{"call", list{"name", function}, args, named, nil, nil}})
}

func many(exprs []syntax.Expr) list {
	out := list{}
	for _, e := range exprs {
		out = append(out, expr(e))
	}
	return out
}

func params(names []*syntax.Name) list {
	out := list{}
	for _, n := range names {
		out = append(out, expr(n))
	}
	return out
}

func arguments(head list, a syntax.Args) list {
	named := list{}
	for _, k := range a.Named {
		named = append(named, list{k.Name, expr(k.Value)})
	}
	return append(head, many(a.Positional), named, expr(a.Star), expr(a.StarStar))
}

func constant(v any) any {
	switch v := v.(type) {
	case int:
		return list{"int", fmt.Sprint(v)}
	case *big.Int:
		return list{"int", v.String()}
	case float64:
		bits := math.Float64bits(v)
		b := make([]byte, 8)
		for i := range b {
			b[i] = byte(bits >> (56 - 8*i))
		}
		return list{"float", hex.EncodeToString(b)}
	default:
		return v
	}
}

func expr(e syntax.Expr) any {
	switch n := e.(type) {
	case nil:
		return nil
	case *syntax.Const:
		return list{"const", constant(n.Value)}
	case *syntax.Name:
		return list{"name", n.Name}
	case *syntax.NSRef:
		return list{"nsref", n.Name, n.Attr}
	case *syntax.Tuple:
		return list{"tuple", many(n.Items)}
	case *syntax.List:
		return list{"list", many(n.Items)}
	case *syntax.Dict:
		pairs := list{}
		for _, p := range n.Items {
			pairs = append(pairs, list{expr(p.Key), expr(p.Value)})
		}
		return list{"dict", pairs}
	case *syntax.Unary:
		return list{"unary", n.Op, expr(n.Expr)}
	case *syntax.Binary:
		return list{"binary", n.Op, expr(n.Left), expr(n.Right)}
	case *syntax.Concat:
		return list{"concat", many(n.Items)}
	case *syntax.Compare:
		ops := list{}
		for _, o := range n.Ops {
			ops = append(ops, list{o.Op, expr(o.Expr)})
		}
		return list{"compare", expr(n.Expr), ops}
	case *syntax.Cond:
		return list{"cond", expr(n.Test), expr(n.Then), expr(n.Else)}
	case *syntax.Filter:
		return arguments(list{"filter", n.Line, expr(n.Value), n.Name}, n.Args)
	case *syntax.Test:
		return arguments(list{"test", nil, expr(n.Value), n.Name}, n.Args)
	case *syntax.Call:
		return arguments(list{"call", expr(n.Func)}, n.Args)
	case *syntax.Getattr:
		return list{"getattr", expr(n.Value), n.Name}
	case *syntax.Getitem:
		return list{"getitem", expr(n.Value), expr(n.Key)}
	case *syntax.Slice:
		return list{"slice", expr(n.Start), expr(n.Stop), expr(n.Step)}
	default:
		panic(fmt.Sprintf("no list for %T", e))
	}
}
