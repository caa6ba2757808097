// parts: report checklist
const VERBS = [
  ["approve", "批准", "发布这一个版本"],
  ["edit", "修改", "改段落文字，成为新版本后再审"],
  ["return", "退回", "退回作者，须写意见"],
  ["reject", "否决", "不再继续，须写意见"],
]

export default function ApprovalCard() {
  const { report, error, reload } = useReport(props.id, props)
  const [verb, setVerb] = useState("")
  const [comment, setComment] = useState("")
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState("")
  const [texts, setTexts] = useState(null)
  const [edits, setEdits] = useState({})
  const moved = report.hash !== props.hash
  const choose = async (name) => {
    setVerb(name); setSaid("")
    if (name === "edit" && !texts) {
      try { setTexts((await getJson(`/api/v1/reports/${report.id}/editable`)).paragraphs) } catch (reason) { setSaid(reason.message) }
    }
  }
  const decide = async () => {
    const replace = Object.entries(edits).map(([key, text]) => { const [section, block] = key.split("\u0000"); return { section, block: Number(block), text } })
    if ((verb === "return" || verb === "reject") && !comment.trim()) { setSaid("请先写明意见。"); return }
    if (verb === "edit" && !replace.length) { setSaid("还没有改动任何段落。"); return }
    setBusy(true); setSaid("正在记录决定…")
    try {
      const edit = verb === "edit" ? JSON.stringify({ replace }) : null
      await act("审批报告", { report: report.id, verb, hash: report.hash, comment, edit })
      setSaid(""); setVerb(""); setComment(""); setEdits({}); setTexts(null)
      tellOthers(report.id)
    } catch (reason) { setSaid(reason.message) }
    await reload()
    setBusy(false)
  }
  const read = () => act("查看报告", { report: report.id }).catch((reason) => setSaid(reason.message))
  return (
    <section className="gma gma-card gma-approval" data-testid="approval-card" data-report={report.id}>
      <header><h3>{report.title}</h3><StateBadge report={report} /></header>
      <ReportFacts report={report} />
      {moved ? <p className="gma-said">版本已更新：送达时的校验码是 <code>{props.hash.slice(0, 12)}</code>，下面的决定针对当前版本。</p> : null}
      <Checks report={report} />
      <Checklist report={report} open={report.mayDecide} changed={() => tellOthers(report.id)} />
      <Comments report={report} changed={() => tellOthers(report.id)} />
      <Decisions report={report} />
      {report.mayDecide ? (
        <Fragment>
          <div className="gma-actions">
            <button type="button" className="gma-button" onClick={read} data-testid="read">查看全文</button>
            {VERBS.map(([name, label, hint]) => (
              <button key={name} type="button" title={hint} disabled={busy} data-testid={"verb-" + name} onClick={() => choose(name)}
                className={"gma-button gma-choice gma-choice-" + name + (verb === name ? " gma-chosen" : "")}>{label}</button>
            ))}
          </div>
          {verb ? (
            <div className="gma-decide">
              {verb === "edit" && texts ? (
                <div className="gma-edits">
                  <p className="gma-quiet">双花括号里的是数据事实，请整体保留；只改文字，不写数字。</p>
                  {texts.map((paragraph) => {
                    const key = paragraph.section + "\u0000" + paragraph.block
                    return (
                      <label key={key}><span>{paragraph.heading}</span>
                        <textarea rows={4} value={key in edits ? edits[key] : paragraph.text} data-testid="edit-text"
                          onChange={(event) => setEdits({ ...edits, [key]: event.target.value })} /></label>
                    )
                  })}
                </div>
              ) : null}
              <label><span>审批意见{verb === "return" || verb === "reject" ? "（必填）" : "（可不填）"}</span>
                <textarea rows={3} value={comment} onChange={(event) => setComment(event.target.value)} placeholder="写给作者的话，随决定一并留痕" data-testid="comment" /></label>
              <div className="gma-actions">
                <button type="button" className="gma-button gma-primary" disabled={busy} onClick={decide} data-testid="confirm">
                  确认{VERBS.find(([name]) => name === verb)[1]}第 {report.version} 版（{report.hash.slice(0, 12)}）</button>
                <button type="button" className="gma-button" disabled={busy} onClick={() => setVerb("")}>取消</button>
              </div>
            </div>
          ) : null}
        </Fragment>
      ) : (
        <div className="gma-actions">
          <p className="gma-done" data-testid="decided">{report.own ? "自己的报告由他人审批" : "已处理"}：{report.stateLabel}</p>
          <button type="button" className="gma-button" onClick={read}>查看全文</button>
          <Downloads report={report} />
        </div>
      )}
      {said || error ? <p className="gma-said" role="status" data-testid="said">{said || error}</p> : null}
    </section>
  )
}
