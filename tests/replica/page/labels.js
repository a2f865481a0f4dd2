// What buttons and hidden headings say: readers that go by labels must fail here, in any language but one.
import { flags } from './flags.js';

/** @type {Record<import('../flags.mjs').Flags['language'], Record<string, string>>} */
const labels = {
	en: {
		send: 'Send message',
		stop: 'Stop response',
		prompt: 'Write your prompt to Claude',
		copy: 'Copy',
		actions: 'Message actions',
		you: 'You said:',
		claude: 'Claude responded:',
		code: '{} code',
		copyCode: 'Copy to clipboard',
		retry: 'Retry',
		messages: 'Chat messages',
	},
	de: {
		send: 'Nachricht senden',
		stop: 'Antwort stoppen',
		prompt: 'Schreiben Sie Ihre Anfrage an Claude',
		copy: 'Kopieren',
		actions: 'Nachrichtenaktionen',
		you: 'Sie haben gesagt:',
		claude: 'Claude hat geantwortet:',
		code: '{}-Code',
		copyCode: 'In die Zwischenablage kopieren',
		retry: 'Wiederholen',
		messages: 'Chatnachrichten',
	},
	ja: {
		send: 'メッセージを送信',
		stop: '応答を停止',
		prompt: 'Claudeへのプロンプトを入力',
		copy: 'コピー',
		actions: 'メッセージ操作',
		you: 'あなたの発言:',
		claude: 'Claudeの返信:',
		code: '{} コード',
		copyCode: 'クリップボードにコピー',
		retry: '再試行',
		messages: 'チャットメッセージ',
	},
	ko: {
		send: '메시지 보내기',
		stop: '응답 중지',
		prompt: 'Claude에게 프롬프트 작성',
		copy: '복사',
		actions: '메시지 작업',
		you: '나의 말:',
		claude: 'Claude의 응답:',
		code: '{} 코드',
		copyCode: '클립보드에 복사',
		retry: '다시 시도',
		messages: '채팅 메시지',
	},
	fr: {
		send: 'Envoyer le message',
		stop: 'Arrêter la réponse',
		prompt: 'Écrivez votre demande à Claude',
		copy: 'Copier',
		actions: 'Actions du message',
		you: 'Vous avez dit :',
		claude: 'Claude a répondu :',
		code: 'code {}',
		copyCode: 'Copier dans le presse-papiers',
		retry: 'Réessayer',
		messages: 'Messages',
	},
	ar: {
		send: 'إرسال الرسالة',
		stop: 'إيقاف الرد',
		prompt: 'اكتب طلبك إلى Claude',
		copy: 'نسخ',
		actions: 'إجراءات الرسالة',
		you: 'قلت:',
		claude: 'رد Claude:',
		code: 'شيفرة {}',
		copyCode: 'نسخ إلى الحافظة',
		retry: 'إعادة المحاولة',
		messages: 'رسائل المحادثة',
	},
};

/** @param {string} name */
export function label(name) {
	return labels[flags.language][name];
}
