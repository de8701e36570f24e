-- What a configuration may use: require("copydesk").status().

local M = {}

---What runs, by client and by the token of its progress.
---@type table<integer, table<integer|string, { title: string, message: string? }>>
local running = {}

---Return what copydesk is doing, for a status line; empty when it is idle.
---@return string
function M.status()
  local parts = {}
  for identity, jobs in pairs(running) do
    -- What ran in a server that has ended runs no more.
    for _, job in pairs(vim.lsp.get_client_by_id(identity) and jobs or {}) do
      table.insert(parts, job.message and ("%s, %s"):format(job.title, job.message) or job.title)
    end
  end
  table.sort(parts)
  return table.concat(parts, " | ")
end

---Take over a step of a progress. Called for every |LspProgress|.
---@param data { client_id: integer, params: lsp.ProgressParams }
function M.progressed(data)
  local client = vim.lsp.get_client_by_id(data.client_id)
  if not client or client.name ~= "copydesk" then
    return
  end
  local token, value = data.params.token, data.params.value
  local jobs = running[client.id] or {}
  -- The title comes with the first step alone.
  local title = value.title or (jobs[token] or { title = "copydesk" }).title
  jobs[token] = value.kind ~= "end" and { title = title, message = value.message } or nil
  if value.kind == "end" then
    require("copydesk.preview").ended(client.id, token, value.message)
  end
  if value.kind == "end" and value.message then
    require("copydesk.message").conclude(("%s: %s"):format(title, value.message))
  end
  running[client.id] = jobs
  vim.cmd.redrawstatus({ bang = true })
end

return M
