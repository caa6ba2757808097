async function getJson(path) {
  const answer = await fetch(path, { credentials: "same-origin" })
  const body = await answer.json().catch(() => ({}))
  if (!answer.ok) throw new Error((body.error && [body.error.message, body.error.hint].filter(Boolean).join("　")) || body.detail || "暂时取不到，请稍后再试")
  return body
}

function useReport(id, first) {
  const [report, setReport] = useState(first)
  const [error, setError] = useState("")
  const reload = () => getJson(`/api/v1/reports/${id}/card`).then((card) => { setReport(card); setError("") }).catch((reason) => setError(reason.message))
  useEffect(() => {
    reload()
    const changed = (event) => { if (event.detail === id) reload() }
    window.addEventListener("gma-report", changed)
    const clock = setInterval(() => { if (!document.hidden) reload() }, 20000)
    return () => { window.removeEventListener("gma-report", changed); clearInterval(clock) }
  }, [id])
  useEffect(() => {
    if (report.state !== "approved") return undefined
    const soon = setTimeout(reload, 1500)
    return () => clearTimeout(soon)
  }, [report])
  return { report, error, reload }
}

function tellOthers(id) {
  window.dispatchEvent(new CustomEvent("gma-report", { detail: id }))
}

async function act(name, payload) {
  const answer = await callAction({ name, payload })
  const result = (answer && answer.response) || {}
  if (result.error) throw new Error(result.error)
  return result
}

function StateBadge({ report }) {
  return <span className={"gma-state gma-state-" + report.state} data-testid="report-state">{report.stateLabel}</span>
}

function ReportFacts({ report }) {
  return (
    <dl className="gma-meta">
      <dt>编号</dt><dd>{report.id}</dd>
      <dt>单位 · 统计期</dt><dd>{report.orgName} · {report.period}</dd>
      <dt>作者</dt><dd>{report.author}</dd>
      <dt>版本</dt><dd>第 {report.version} 版 · 校验码 <code>{report.hash.slice(0, 12)}</code></dd>
      <dt>更新</dt><dd>{report.updatedAt}</dd>
    </dl>
  )
}

function Checks({ report }) {
  const passed = report.counts.checks - report.checks.length
  return (
    <div className="gma-checks">
      <p>
        <b>{report.counts.facts}</b> 个数据事实 · <b>{report.counts.findings}</b> 项发现 · 校验 <b>{report.counts.checks}</b> 项，
        {report.checks.length ? `${passed} 项通过` : "全部通过"}
      </p>
      {report.sources.length ? (
        <p className="gma-sources">{report.sources.map((source) => (
          <span key={source.label} className={"gma-source-" + source.status} title={source.text}>{source.label}{source.status === "ok" ? "" : `：${source.text}`}</span>
        ))}</p>
      ) : null}
    </div>
  )
}

function Decisions({ report }) {
  if (!report.decisions.length) return null
  return (
    <ul className="gma-decisions">
      {report.decisions.map((decision, at) => (
        <li key={at}><b className={"gma-verb-" + decision.verb}>{decision.label}</b> {decision.by} · {decision.at} · 第 {decision.version} 版 <code>{decision.hash}</code>
          {decision.comment ? <p>意见：{decision.comment}</p> : null}</li>
      ))}
    </ul>
  )
}

const DOWNLOADS = { docx: "下载 Word", pdf: "下载 PDF", pptx: "下载 PPT", html: "下载网页版", evidence: "下载证据包" }

function Downloads({ report }) {
  const offered = Object.entries(DOWNLOADS).filter(([format]) => format !== "evidence" || report.evidence)
  return offered.map(([format, words]) => (
    <a key={format} className="gma-button" data-testid={"download-" + format} href={`/api/v1/reports/${report.id}/document?format=${format}`} download>
      {words}
    </a>
  ))
}
