function Spans({ spans, open }) {
  return spans.map((span, at) => {
    if (span.e) return <span key={at} className="gma-error">{span.t}</span>
    const text = span.b ? <strong>{span.t}</strong> : span.t
    if (!span.f) return <Fragment key={at}>{text}</Fragment>
    return (
      <span key={at} role="button" tabIndex={0} className="gma-figure" data-fact={span.f} title="点开看出处"
        onClick={() => open(span.f)} onKeyDown={(event) => event.key === "Enter" && open(span.f)}>{text}</span>
    )
  })
}

function withQueries(view) {
  const facts = {}
  for (const [id, fact] of Object.entries(view.facts)) facts[id] = typeof fact.query === "number" ? { ...fact, query: view.queries[fact.query] } : fact
  return facts
}

function layOut(query) {
  return query
    .replace(/\s+(FROM|WHERE|GROUP BY|ORDER BY|HAVING|LEFT JOIN|INNER JOIN|JOIN|UNION ALL|UNION)\s/g, "\n$1 ")
    .replace(/,\s+(?=(SUM|MAX|MIN|AVG|COUNT|CASE|CAST|COALESCE)\b)/g, ",\n  ")
}

function FactCard({ fact, facts, open, close }) {
  const [query, setQuery] = useState(false)
  if (!fact) return null
  return (
    <aside className="gma-fact" data-testid="fact-card" data-fact={fact.id}>
      <header>
        <div>
          <span className="gma-fact-name">{fact.name}</span>
          <span className={"gma-status gma-status-" + fact.status}>{fact.statusLabel}</span>
        </div>
        <button type="button" className="gma-close" aria-label="关闭" onClick={close}>×</button>
      </header>
      <div className="gma-fact-value">{fact.value}</div>
      {fact.reason ? <p className="gma-fact-reason">{fact.reason}</p> : null}
      {fact.compares.length ? (
        <ul className="gma-compares">
          {fact.compares.map(([word, text, base]) => (
            <li key={word} title={base}><em>{word}</em>{text}{base ? <small>{base}</small> : null}</li>
          ))}
        </ul>
      ) : null}
      <dl>
        {fact.rows.map(([label, value]) => (
          <Fragment key={label}><dt>{label}</dt><dd>{value}</dd></Fragment>
        ))}
        {fact.parents.length ? (
          <Fragment>
            <dt>推算依据</dt>
            <dd>
              {fact.parents.map((parent, at) => (
                <Fragment key={at}>
                  {at ? "；" : ""}
                  {facts[parent.id] ? (
                    <button type="button" className="gma-figure" onClick={() => open(parent.id)}>{parent.text}</button>
                  ) : parent.text}
                </Fragment>
              ))}
            </dd>
          </Fragment>
        ) : null}
      </dl>
      {fact.query ? (
        <div className="gma-query">
          <button type="button" className="gma-link" onClick={() => setQuery(!query)}>{query ? "收起查询语句" : "查看查询语句"}</button>
          {query ? (
            <Fragment>
              <pre>{layOut(fact.query)}</pre>
              {fact.params.length ? (
                <p className="gma-quiet">参数：{fact.params.map(([key, value]) => `${key} = ${value}`).join("；")}</p>
              ) : null}
            </Fragment>
          ) : null}
        </div>
      ) : null}
      <footer>事实编号 {fact.id}</footer>
    </aside>
  )
}
