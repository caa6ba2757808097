const MARKS = { pass: "✓", fail: "!", waived: "○" }

function Checklist({ report, open, changed }) {
  const list = report.checklist
  if (!list) return null
  const { pass, fail, waived } = list.counts
  return (
    <details className="gma-checklist" open={open} data-testid="checklist">
      <summary>
        <b>审核清单</b> {list.items.length} 项：通过 {pass}，<span className={fail ? "gma-list-fail" : ""}>未通过 {fail}</span>，已豁免 {waived}
        {list.kept ? "（审批时留存）" : ""}
      </summary>
      <ul>{list.items.map((item) => <ChecklistItem key={item.id} item={item} report={report} changed={changed} />)}</ul>
    </details>
  )
}

function ChecklistItem({ item, report, changed }) {
  const [more, setMore] = useState(false)
  const shown = more ? item.remarks : item.remarks.slice(0, 3)
  return (
    <li className={"gma-item gma-item-" + item.state} data-testid={"item-" + item.id} data-state={item.state}>
      <i aria-hidden="true">{MARKS[item.state]}</i>
      <div>
        <p><b>{item.label}</b><em>{item.stateLabel}</em></p>
        <p className="gma-quiet">{item.evidence}</p>
        {shown.length ? <ul className="gma-remarks">{shown.map((remark) => <Remark key={remark.key} remark={remark} report={report} changed={changed} />)}</ul> : null}
        {item.remarks.length > 3 ? <button type="button" className="gma-link" onClick={() => setMore(!more)}>{more ? "收起" : `另有 ${item.remarks.length - 3} 处，展开`}</button> : null}
      </div>
    </li>
  )
}

function Remark({ remark, report, changed }) {
  const [asked, setAsked] = useState(false)
  const [reason, setReason] = useState("")
  const [said, setSaid] = useState("")
  const waive = async () => {
    try {
      await act("豁免发现", { report: report.id, hash: report.hash, finding: remark.key, reason })
      setAsked(false); changed()
    } catch (error) { setSaid(error.message) }
  }
  return (
    <li data-testid="remark" data-key={remark.key}>
      <span className={"gma-check-" + remark.level}><b>{remark.level === "error" ? "须改正" : "请留意"}</b></span>
      {remark.place ? `${remark.place}：` : " "}{remark.text}
      {remark.fix && !remark.waiver ? <span className="gma-quiet">（{remark.fix.replace(/。$/, "")}）</span> : null}
      {remark.waiver ? <p className="gma-quiet" data-testid="waived">已豁免：{remark.waiver.reason}（{remark.waiver.by}）</p> : null}
      {report.mayWaive && !remark.waiver && !remark.final && !asked ? <button type="button" className="gma-link gma-small" data-testid="waive" onClick={() => setAsked(true)}>豁免</button> : null}
      {asked ? (
        <div className="gma-inline">
          <input value={reason} placeholder="为什么可以保留，随豁免留痕" data-testid="reason" onChange={(event) => setReason(event.target.value)} />
          <button type="button" className="gma-button" data-testid="waive-confirm" onClick={waive}>确认豁免</button>
          <button type="button" className="gma-button" onClick={() => { setAsked(false); setSaid("") }}>取消</button>
        </div>
      ) : null}
      {said ? <p className="gma-said" role="status">{said}</p> : null}
    </li>
  )
}

function Comments({ report, changed }) {
  const [text, setText] = useState("")
  const [section, setSection] = useState("")
  const [said, setSaid] = useState("")
  const notes = report.comments || []
  const open = notes.filter((note) => !note.resolved_by).length
  const headings = Object.fromEntries((report.parts || []).map((part) => [part.id, part.heading]))
  const add = async () => {
    try { await act("批注报告", { report: report.id, section, text }); setText(""); setSaid(""); changed() } catch (error) { setSaid(error.message) }
  }
  if (!notes.length && !report.mayComment) return null
  return (
    <details className="gma-notes" open={open > 0} data-testid="notes">
      <summary><b>批注</b> {notes.length ? `${notes.length} 条，${open} 条未办结` : "没有"}</summary>
      <ul>{notes.map((note) => <Note key={note.id} note={note} where={headings[note.section] || "全文"} report={report} changed={changed} />)}</ul>
      {report.mayComment ? (
        <div className="gma-inline">
          <select value={section} aria-label="批注位置" onChange={(event) => setSection(event.target.value)}>
            <option value="">全文</option>
            {(report.parts || []).map((part) => <option key={part.id} value={part.id}>{part.heading}</option>)}
          </select>
          <input value={text} placeholder="写一条批注" data-testid="note-text" onChange={(event) => setText(event.target.value)} />
          <button type="button" className="gma-button" disabled={!text.trim()} data-testid="note-add" onClick={add}>批注</button>
        </div>
      ) : null}
      {said ? <p className="gma-said" role="status">{said}</p> : null}
    </details>
  )
}

function Note({ note, where, report, changed }) {
  const [answer, setAnswer] = useState("")
  const [asked, setAsked] = useState(false)
  const [said, setSaid] = useState("")
  const settle = async () => {
    try { await act("办结批注", { report: report.id, comment: note.id, answer }); setAsked(false); changed() } catch (error) { setSaid(error.message) }
  }
  return (
    <li data-testid="note">
      <b>{note.by}</b> · {where}：{note.text}
      {note.resolved_by ? <p className="gma-quiet">已办结：{note.answer}</p> : report.mayComment && !asked ? <button type="button" className="gma-link gma-small" data-testid="note-settle" onClick={() => setAsked(true)}>办结</button> : null}
      {asked ? (
        <div className="gma-inline">
          <input value={answer} placeholder="怎样处理的" data-testid="note-answer" onChange={(event) => setAnswer(event.target.value)} />
          <button type="button" className="gma-button" data-testid="note-done" onClick={settle}>确认办结</button>
        </div>
      ) : null}
      {said ? <p className="gma-said" role="status">{said}</p> : null}
    </li>
  )
}
