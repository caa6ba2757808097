// parts: fact chart blocks report difference
export default function ReportReading() {
  const [reading, setReading] = useState(null)
  const [error, setError] = useState("")
  const facts = useMemo(() => (reading ? withQueries(reading) : {}), [reading])
  useEffect(() => {
    getJson(`/api/v1/reports/${props.id}/reading`).then(setReading).catch((reason) => setError(reason.message))
  }, [props.id, props.version])
  if (error) return <p className="gma gma-said">{error}</p>
  if (!reading) return <p className="gma gma-quiet">正在打开报告…</p>
  return (
    <article className="gma gma-reading" data-testid="reading">
      <h2>{reading.card.title}</h2>
      <p className="gma-quiet gma-center">{reading.card.orgName} · {reading.card.period} · 第 {reading.card.version} 版 · {reading.card.stateLabel}</p>
      <Difference id={reading.card.id} version={reading.card.version} />
      {reading.assumptions.length ? <p className="gma-quiet">{reading.assumptions.join("；")}</p> : null}
      {reading.sections.map((section) => (
        <section key={section.id}>
          {section.level === 1 ? <h3>{section.heading}</h3> : <h4>{section.heading}</h4>}
          {section.thin ? <p className="gma-said">{section.thin}</p> : null}
          {section.blocks.map((block) => <Block key={block.at} block={block} facts={facts} />)}
        </section>
      ))}
    </article>
  )
}
