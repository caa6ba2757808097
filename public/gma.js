// 页眉上的操作人：姓名 · 角色 · 单位。登录后取一次，退出后收起。
(() => {
  let shown = null
  let asked = ""
  async function refresh() {
    const place = location.pathname.startsWith("/login") ? "" : "in"
    document.documentElement.dataset.gmaPlace = place || "login"
    if (place === asked) return
    asked = place
    if (shown) { shown.remove(); shown = null }
    if (!place) return
    const answer = await fetch("/api/v1/me", { credentials: "same-origin" })
    if (!answer.ok) { asked = ""; return }
    const me = await answer.json()
    shown = document.createElement("div")
    shown.className = "gma-who"
    shown.textContent = [me.name, me.role_name, me.org_name].filter(Boolean).join(" · ")
    document.body.appendChild(shown)
  }
  setInterval(() => { refresh().catch(() => { asked = "" }) }, 1500)
  refresh().catch(() => { asked = "" })
})()
