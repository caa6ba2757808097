const CHANGES = { added: "新增", removed: "删去", changed: "修改" }

function Difference({ id, version }) {
  const [found, setFound] = useState(null)
  const [said, setSaid] = useState("")
  const show = () => getJson(`/api/v1/reports/${id}/diff?from=${version - 1}&to=${version}`).then(setFound).catch((error) => setSaid(error.message))
  if (version < 2) return null
  return (
    <details className="gma-diff" data-testid="diff" onToggle={(event) => event.target.open && !found && show()}>
      <summary>与第 {version - 1} 版的差异{found ? `：文字 ${found.texts.length} 处，事实 ${found.facts.length} 项` : ""}</summary>
      {said ? <p className="gma-said">{said}</p> : null}
      {found ? found.texts.map((item, at) => (
        <div key={at} className="gma-change">
          <p><em>{CHANGES[item.change]}</em>{item.heading}</p>
          {item.old ? <del>{item.old}</del> : null}
          {item.new ? <ins>{item.new}</ins> : null}
        </div>
      )) : null}
      {found && found.facts.length ? (
        <ul>{found.facts.map((item) => <li key={item.id}><em>{CHANGES[item.change]}</em>{item.id} {item.name}：{item.old ? item.old.text || "—" : "（无）"} → {item.new ? item.new.text || "—" : "（无）"}</li>)}</ul>
      ) : null}
    </details>
  )
}
