// parts: report checklist
export default function ReportCard() {
  const { report, error } = useReport(props.id, props)
  const [busy, setBusy] = useState("")
  const [said, setSaid] = useState("")
  const run = async (name) => {
    setBusy(name); setSaid("")
    try {
      await act(name, { report: report.id, hash: report.hash })
      tellOthers(report.id)
    } catch (reason) { setSaid(reason.message) }
    setBusy("")
  }
  return (
    <section className="gma gma-card" data-testid="report-card" data-report={report.id}>
      <header><h3>{report.title}</h3><StateBadge report={report} /></header>
      <ReportFacts report={report} />
      <Checks report={report} />
      <Checklist report={report} open={report.blocking > 0} changed={() => tellOthers(report.id)} />
      <Comments report={report} changed={() => tellOthers(report.id)} />
      <details className="gma-contents"><summary>目录（{report.sections.length} 章）</summary><ol>{report.sections.map((name, at) => <li key={at}>{name}</li>)}</ol></details>
      <Decisions report={report} />
      <div className="gma-actions">
        <button type="button" className="gma-button gma-primary" disabled={!!busy} onClick={() => run("查看报告")} data-testid="read">查看全文</button>
        {report.maySubmit ? <button type="button" className="gma-button" disabled={!!busy} onClick={() => run("提交审核")} data-testid="submit">{busy === "提交审核" ? "正在提交…" : "提交审核"}</button> : null}
        <Downloads report={report} />
      </div>
      {said || error ? <p className="gma-said" role="status">{said || error}</p> : null}
    </section>
  )
}
